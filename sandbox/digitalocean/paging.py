"""Lists in pages, as the API gives them: `links.pages`, `meta.total`."""

from sandbox.digitalocean.exchange import Answer, Object, Request, unprocessable

MOST, USUAL = 200, 20


def page(request: Request, key: str, items: list[Object]) -> Answer:
    """One page of `items` under `key`; 422 for page numbers that make no sense."""
    number, size = _number(request, "page", 1), _number(request, "per_page", USUAL)
    if number < 1 or not 1 <= size <= MOST:
        raise unprocessable(f"page must be at least 1 and per_page from 1 to {MOST}")
    last = max(1, -(-len(items) // size))
    neighbours = {"first": 1, "prev": number - 1} if number > 1 else {}
    neighbours |= {"next": number + 1, "last": last} if number < last else {}
    links = {name: f"{request.path}?page={at}&per_page={size}" for name, at in neighbours.items()}
    found = items[(number - 1) * size : number * size]
    return Answer(
        200, {key: found, "links": {"pages": links} if links else {}, "meta": {"total": len(items)}}
    )


def _number(request: Request, key: str, default: int) -> int:
    try:
        return int(request.query.get(key, default))
    except ValueError:
        raise unprocessable(f"{key} must be a number") from None
