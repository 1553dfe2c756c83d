"""Words that are drawn into pictures: English for everybody, since the letters Pillow brings are Latin ones."""

from bot.languages import Forms

CHART_CAPTION: Forms = ("picture in 30 days", "pictures in 30 days")
CHART_CAPTION_SERVER: Forms = ("picture here in 30 days", "pictures here in 30 days")
CHART_TODAY = "today"
CHART_NOTHING = "A blank canvas so far: /imagine paints the first"
