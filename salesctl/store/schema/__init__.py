"""The tables, as SQLModel classes: one for each noun, built from its declaration, and the tables of facts beside them."""
