"""What all records from the ledger have in common."""

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)
