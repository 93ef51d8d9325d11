"""Files to rows: encodings, delimiters, header sets; no store, no rules of selling."""
