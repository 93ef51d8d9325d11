"""A product: what a deal's lines are made of."""

from __future__ import annotations

from salesctl.domain.kinds import DATE, LINE, MONEY, NAME, NOTE, TAGS
from salesctl.domain.noun import Field, Noun
from salesctl.domain.rate import RATE
from salesctl.i18n import N_

PRODUCT = Noun(
    "product",
    "I",
    fields=(
        Field("name", NAME, N_("Name"), ("产品", "产品名称", "品名"), required=True, screen=True),
        Field("sku", LINE, N_("SKU"), ("编码", "产品编码", "货号", "型号"), screen=True),
        Field("category", LINE, N_("Category"), ("类别", "分类", "系列", "series", "family"), screen=True),
        Field("list_price", MONEY, N_("List price"), ("价格", "标价", "单价", "目录价", "price"), screen=True),
        Field("price_until", DATE, N_("Price until"), ("价格有效期", "有效期")),
        Field("tax", RATE, N_("Tax"), ("税率", "vat")),
        Field("tags", TAGS, N_("Tags"), ("标签", "tag")),
        Field("note", NOTE, N_("Note"), ("备注", "说明", "notes")),
    ),
    label=N_("Product"),
    plural=N_("Products"),
    words=("产品", "item"),
)
