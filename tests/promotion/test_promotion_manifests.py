from hypothesis import given
from hypothesis import strategies as st

from promotion.manifests import manifests_hash

FILES = st.dictionaries(st.text(max_size=5), st.binary(max_size=5), max_size=3)


def test_a_known_value() -> None:
    # printf '\0\0\0\0\0\0\0\1a\0\0\0\0\0\0\0\1b' | sha256sum
    assert manifests_hash({"a": b"b"}) == "3c9d591045bc8876f9d0399bbfb05c6a412096e906f73278f98406cd5dca86df"


def test_no_files_have_the_hash_of_nothing() -> None:
    assert manifests_hash({}) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@given(FILES)
def test_order_plays_no_role(files: dict[str, bytes]) -> None:
    assert manifests_hash(dict(reversed(files.items()))) == manifests_hash(files)


@given(FILES, FILES)
def test_other_files_have_another_hash(one: dict[str, bytes], other: dict[str, bytes]) -> None:
    assert (manifests_hash(one) == manifests_hash(other)) == (one == other)


def test_the_border_between_name_and_content_counts() -> None:
    assert (
        len({manifests_hash({"ab": b"c"}), manifests_hash({"a": b"bc"}), manifests_hash({"": b"abc"})}) == 3
    )
