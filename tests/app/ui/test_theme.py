"""The CSS of a page."""

from dldiag.app.ui.theme import css
from dldiag.core.i18n import speaking


def test_the_words_of_the_uploader_are_in_the_language_of_the_page():
    with speaking("zh"):
        assert '--upload: "上传"; --upload-limit: "每个文件不超过 500 MB";' in css()
    assert '--upload: "Upload"; --upload-limit: "up to 500 MB per file";' in css()
