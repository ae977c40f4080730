"""Names of every kind a register has: what is their place, brand, form and branch."""

import pytest

from leads.identity import compare_company_names, parse_company_name


@pytest.mark.parametrize(
    ("name", "region", "brand", "legal_form", "branch"),
    [
        ("深圳市南山区老王五金店（个体工商户）", "深圳南山", "老王", "个体工商户五金店", ""),
        ("宁波鼎盛投资管理合伙企业（有限合伙）", "宁波", "鼎盛", "有限合伙合伙企业", ""),
        ("杭州绿源蔬菜种植农民专业合作社", "杭州", "绿源", "农民专业合作社", ""),
        ("北京市金杜律师事务所上海分所", "北京", "金杜", "事务所", "上海分所"),
        ("余杭区仓前镇葛巷村村民委员会", "余杭仓前", "葛巷", "村村民委员会", ""),
        ("上海华信有限公司工会委员会", "上海", "华信", "有限公司", "工会委员会"),
        ("国网浙江省电力有限公司杭州供电公司", "浙江", "国网", "有限公司", "杭州供电公司"),
        ("中国工商银行股份有限公司杭州西湖支行", "中国", "工商", "股份有限公司", "杭州西湖支行"),
        # autonomous places, leagues and banners
        ("伊犁哈萨克自治州霍城县华信商贸有限公司", "伊犁霍城", "华信", "有限公司", ""),
        ("锡林郭勒盟苏尼特右旗华信矿业有限公司", "锡林郭勒苏尼特", "华信", "有限公司", ""),
        ("内蒙古鄂伦春自治旗华信林业有限公司", "内蒙古鄂伦春", "华信", "有限公司", ""),
        ("湖北省长阳土家族自治县华信茶叶有限公司", "湖北长阳", "华信", "有限公司", ""),
        ("恩施土家族苗族自治州华信农业发展有限公司", "恩施", "华信", "有限公司", ""),
        ("江苏省昆山市华信电子有限公司", "江苏昆山", "华信", "有限公司", ""),
        ("中国（上海）自由贸易试验区临港新片区华信贸易有限公司", "上海", "华信", "有限公司", ""),
        # brands that look like banners
        ("红旗连锁股份有限公司", "", "红旗", "股份有限公司", ""),
        ("王旗服饰有限公司", "", "王旗", "有限公司", ""),
        ("株洲华信机械有限公司", "株洲", "华信", "有限公司", ""),
        # abroad
        ("株式会社日立制作所", "", "日立", "制作所", ""),
        ("日立建機株式会社", "", "日立", "株式会社", ""),
        ("삼성전자 주식회사", "", "삼성전자", "주식회사", ""),
        ("(주)삼성전자", "", "삼성전자", "", ""),
        ("Siemens Aktiengesellschaft", "", "siemens", "aktiengesellschaft", ""),
        ("星展銀行（香港）有限公司", "香港", "星展", "有限公司", ""),
        ("新北市板橋區華信商行", "新北板桥", "华信", "商行", ""),
    ],
)
def test_parts(name: str, region: str, brand: str, legal_form: str, branch: str) -> None:
    parsed = parse_company_name(name)
    assert (parsed.region, parsed.brand, parsed.legal_form, parsed.branch) == (
        region, brand, legal_form, branch,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("left", "right", "verdict"),
    [
        ("襄樊华信机械有限公司", "襄阳市华信机械有限公司", "same"),
        ("思茅市华信茶业有限公司", "普洱市华信茶业有限公司", "same"),
        ("삼성전자 주식회사", "(주)삼성전자", "same"),
        ("Siemens Aktiengesellschaft", "Siemens AG", "same"),
        ("葛巷村村民委员会", "葛巷村委会", "same"),
        ("北京市金杜律师事务所上海分所", "北京市金杜律师事务所", "probable"),
        ("上海华信有限公司工会委员会", "上海华信有限公司", "probable"),
        ("国网浙江省电力有限公司杭州供电公司", "国网浙江省电力有限公司宁波供电公司", "different"),
        (
            "锡林郭勒盟苏尼特右旗华信矿业有限公司",
            "锡林郭勒盟苏尼特左旗大江矿业有限公司",
            "different",
        ),
    ],
)
def test_pairs(left: str, right: str, verdict: str) -> None:
    assert compare_company_names(left, right).verdict == verdict


@pytest.mark.parametrize(
    ("chinese", "latin"),
    [
        ("陕西汽车集团", "Shaanxi Automobile Group"),
        ("广州汽车集团", "Guangzhou Automobile Group Co., Ltd."),
        ("黑龙江飞鹤乳业有限公司", "Heilongjiang Feihe Dairy"),
        ("信德集团", "Shun Tak Holdings"),
        ("谢瑞麟珠宝", "Tse Sui Luen Jewellery"),
        ("永安百货", "Wing On Department Store"),
        ("大昌行集团", "Dah Chong Hong Holdings"),
        ("忠信电子", "Chunghsin Electronics"),
    ],
)
def test_spellings_of_taiwan_and_hong_kong(chinese: str, latin: str) -> None:
    assert compare_company_names(chinese, latin).verdict == "probable"
