"""How things are listed."""

COMMA = ", "
OR = "{first} or {last}"
AND = "{first} and {last}"
