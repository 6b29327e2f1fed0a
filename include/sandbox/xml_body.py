"""XML bodies: read without entities, DTDs or network; answers in cXML's form."""

from lxml import etree

from sandbox.wire import Refusal, Reply

LARGEST = 1_000_000


def read(body: bytes) -> etree._Element:
    """Parse a message, or refuse it with 400."""
    if len(body) > LARGEST:
        raise Refusal(answer(400, "too large"))
    if b"<!ENTITY" in body:
        raise Refusal(answer(400, "entities are not taken"))
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False)
    try:
        return etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise Refusal(answer(400, f"not XML: {error}")) from None


def answer(status: int, text: str, *, http: int | None = None, committed: bool = False) -> Reply:
    """Answer with a Status, and the same status in HTTP unless given: cXML often answers everything with 200."""
    root = etree.Element("Response")
    etree.SubElement(root, "Status", code=str(status), text="".join(c for c in text if c.isprintable()))
    return Reply(http or status, etree.tostring(root), {"content-type": "application/xml"}, committed)
