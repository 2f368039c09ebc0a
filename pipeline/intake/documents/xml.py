"""The XML of a document goes in; its tree comes out: no entities, no network, no depth that no program writes."""

from __future__ import annotations

from functools import lru_cache

from lxml import etree

from pipeline.intake.guard.refusal import Refused, hostile

MAX_XML = 16 * 1024 * 1024
"""Bytes; the text of a report with every mark of its editing has less than one."""
MAX_DEPTH = 200
"""Elements inside each other on a web page; forty on the worst of portals."""


def parse_xml(data: bytes) -> etree._Element:
    """Parse one part of a package. Raises Refused where it is damaged or too large."""
    if len(data) > MAX_XML:
        raise Refused("too_large")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise (hostile("嵌套过深") if "depth" in str(error) else Refused("damaged")) from None


def local(element: etree._Element) -> str:
    """Return the name of an element without its namespace."""
    return _bare(element.tag)


@lru_cache(maxsize=2048)
def _bare(tag: object) -> str:
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: etree._Element, name: str) -> str:
    """Return the attribute whose name without namespace is ``name``; empty if there is none."""
    plain = element.get(name)
    if plain is not None:
        return plain
    return next((str(value) for key, value in element.items() if _bare(key) == name), "")
