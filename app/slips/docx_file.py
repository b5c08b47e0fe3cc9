"""Whether a file is a Word file that may become a template: a small zip of XML that reaches for nothing outside itself."""

from __future__ import annotations

import io
import re
import zipfile

from lxml import etree

MOST_BYTES = 2 * 1024 * 1024
MOST_PARTS = 300
MOST_UNPACKED = 20 * 1024 * 1024

_MAIN = "word/document.xml"
_TYPES = "[Content_Types].xml"
_RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_ACTIVE = re.compile(
    r"vbaproject|vbadata|activex|oleobject|embeddings/|\.(?:bin|exe|js|vbs|dll|ps1|hta)$", re.IGNORECASE
)
_FETCHING = re.compile(
    r"\b(?:DDE|DDEAUTO|INCLUDEPICTURE|INCLUDETEXT|LINK|IMPORT|RD|DATABASE|MACROBUTTON)\b", re.IGNORECASE
)
_FIELD_CODES = re.compile(r"<w:instrText[^>]*>([^<]*)<|w:instr=\"([^\"]*)\"")


class DocxFault(ValueError):  # noqa: N818
    """The file cannot become a template; the text (Vietnamese) says why and what to do."""


def check_file(content: bytes) -> None:
    """Errors: DocxFault."""
    if len(content) > MOST_BYTES:
        raise DocxFault(f"Tệp lớn quá {MOST_BYTES // 1024 // 1024} MB. Hãy bỏ bớt ảnh rồi lưu lại.")
    parts = _unpacked(content)
    if _TYPES not in parts or _MAIN not in parts:
        raise DocxFault(f"Đây không phải tệp DOCX (thiếu {_MAIN}). Hãy lưu lại bằng Word hoặc LibreOffice.")
    if b"macroenabled" in parts[_TYPES].lower():
        raise DocxFault("Tệp có macro. Hãy lưu lại dưới dạng DOCX không có macro.")
    for name, part in parts.items():
        if _ACTIVE.search(name):
            raise DocxFault(f"Tệp có thành phần chạy được hoặc nhúng tệp khác ({_short(name)}). Hãy bỏ thành phần đó.")
        if name.endswith((".xml", ".rels")):
            _check_part(name, part)


def _unpacked(content: bytes) -> dict[str, bytes]:
    """The parts by name. What a zip says of its sizes is not believed: no more than the limit is ever read."""
    found: dict[str, bytes] = {}
    left = MOST_UNPACKED
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            entries = packed.infolist()
            if len(entries) > MOST_PARTS:
                raise DocxFault(f"Tệp DOCX có quá {MOST_PARTS} thành phần.")
            for entry in entries:
                if entry.flag_bits & 1:
                    raise DocxFault("Tệp được đặt mật khẩu. Hãy bỏ mật khẩu rồi lưu lại.")
                if entry.filename in found:
                    raise DocxFault("Tệp DOCX bị hỏng: có hai thành phần cùng tên.")
                with packed.open(entry) as stream:
                    part = stream.read(left + 1)
                left -= len(part)
                if left < 0:
                    raise DocxFault("Tệp DOCX nở ra quá lớn khi mở. Hãy lưu lại bằng Word hoặc LibreOffice.")
                found[entry.filename] = part
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError, OSError, RuntimeError) as error:
        raise DocxFault("Đây không phải tệp DOCX. Hãy lưu lại bằng Word hoặc LibreOffice.") from error
    except ValueError as error:
        if isinstance(error, DocxFault):
            raise
        raise DocxFault("Tệp DOCX bị hỏng. Hãy lưu lại bằng Word hoặc LibreOffice.") from error
    except Exception as error:  # zlib.error and what else a broken stream makes of itself
        raise DocxFault("Tệp DOCX bị hỏng. Hãy lưu lại bằng Word hoặc LibreOffice.") from error
    return found


def _check_part(name: str, part: bytes) -> None:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(part, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise DocxFault(f"Tệp DOCX bị hỏng: không đọc được {_short(name)}.") from error
    if root.getroottree().docinfo.doctype:  # type: ignore[union-attr]
        raise DocxFault(f"Tệp DOCX có khai báo DOCTYPE trong {_short(name)}, không được nhận.")
    if name.endswith(".rels"):
        _check_relationships(root)
    for found in _FIELD_CODES.findall(etree.tostring(root, encoding="unicode")):
        if fetching := _FETCHING.search("".join(found)):
            raise DocxFault(f"Tệp có trường {fetching[0].upper()} lấy dữ liệu từ ngoài. Hãy bỏ trường đó.")


def _check_relationships(root: etree._Element) -> None:
    for one in root.iter(_RELATIONSHIP):
        target = (one.get("Target") or "").strip()
        if one.get("TargetMode", "").lower() != "external":
            continue
        link = (one.get("Type") or "").endswith("/hyperlink")
        if not (link and target.lower().startswith(("http://", "https://", "mailto:"))):
            raise DocxFault(f"Tệp lấy nội dung từ ngoài ({_short(target)}). Hãy chèn ảnh vào tệp thay vì liên kết.")


def _short(text: str) -> str:
    shown = "".join(letter for letter in text if letter.isprintable())
    return shown if len(shown) <= 80 else f"{shown[:79]}…"
