"""The static files, each with its own route, so that they require the login like everything else."""

from pathlib import Path

from fastapi import APIRouter, HTTPException
from fastapi.responses import FileResponse

STATIC = Path(__file__).parent / "static"
PAGES = {"overview": "overview.html", "order": "order.html", "run": "run.html"}
TYPES = {".js": "text/javascript", ".css": "text/css"}
ASSETS = {path.relative_to(STATIC).as_posix(): path for path in STATIC.rglob("*") if path.suffix in TYPES}

router = APIRouter()


@router.get("/assets/{name:path}")
def asset(name: str) -> FileResponse:
    """Return a script or a style sheet; 404 for any other file."""
    path = ASSETS.get(name)
    if path is None:
        raise HTTPException(404)
    return FileResponse(path, media_type=TYPES[path.suffix], headers={"Cache-Control": "no-cache"})


@router.get("/")
@router.get("/{page}")
def html(page: str = "overview") -> FileResponse:
    """Return one of the pages; their scripts request the data."""
    if page not in PAGES:
        raise HTTPException(404)
    return FileResponse(STATIC / PAGES[page], media_type="text/html", headers={"Cache-Control": "no-cache"})
