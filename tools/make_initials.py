"""Make salesctl/data/initials.txt: the first letter of the reading of each Chinese character (needs pypinyin)."""

from __future__ import annotations

from pathlib import Path

from pypinyin import Style, pinyin

# Characters whose first reading in the dictionary is not the one in names of people, places and firms.
NAMES = {"重": "c", "厦": "x", "长": "c", "行": "h", "曾": "z", "单": "d", "解": "j", "仇": "q", "盛": "s", "乐": "l"}


def main() -> None:
    """Write the table: one line for each letter, the letter, a blank, and its characters."""
    letters: dict[str, list[str]] = {}
    for code in range(0x4E00, 0x9FA6):
        mark = chr(code)
        reading = pinyin(mark, style=Style.NORMAL)[0][0]
        letter = NAMES.get(mark, reading[0])
        if "a" <= letter <= "z":
            letters.setdefault(letter, []).append(mark)
    lines = [f"{letter} {''.join(marks)}\n" for letter, marks in sorted(letters.items())]
    target = Path(__file__).parent.parent / "salesctl" / "data" / "initials.txt"
    target.write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
