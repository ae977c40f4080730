"""How much of a name is told to who may not see the record."""

import pytest

from leads.redaction import masked_name


@pytest.mark.parametrize(
    ("name", "typed", "told"),
    [
        ("苏州同光精密有限公司", "苏州同光精密有限公司", "苏州同光精密有限公司"),
        (
            "苏州同光精密（中国）有限公司",
            "苏州同光 精密(中国)有限公司",
            "苏州同光精密（中国）有限公司",
        ),
        ("Tong Guang Co., Ltd.", "TONG GUANG CO LTD", "Tong Guang Co., Ltd."),
        ("苏州同光精密有限公司", "同光精密", "****同光精密****"),
        # one client to the engine, but not what was typed
        ("苏州同光精密有限公司", "苏州同光精密", "苏州同光精密****"),
        ("华信科技（原大江实业）", "华信科技", "华信科技****"),
        ("华信科技(曾用名:大江实业)", "华信科技", "华信科技****"),
        ("苏州同光精密有限公司", "", "苏****"),
        ("有限公司", " ", "有****"),
        ("", "", "****"),
    ],
)
def test_of_a_name_what_was_typed(name, typed, told):
    assert masked_name(name, typed) == told
