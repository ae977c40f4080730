"""Hard pairs of kinds a trade register is full of, and what a careful person answers."""

import pytest

from leads.identity import compare_company_names

ONE_OR_ASK = """
中国石油化工集团有限公司 = 中石化
中国石油天然气集团有限公司 = 中石油
中国石油化工股份有限公司 = 中国石化
国家电网有限公司 = 国家电网公司
中国移动通信集团有限公司 = 中国移动
中国工商银行股份有限公司 = 工行
招商银行股份有限公司 = 招行
上海浦东发展银行股份有限公司 = 浦发银行
北京大学 = 北大
清华大学 = Tsinghua University
香港中文大學 = 香港中文大学
臺灣積體電路製造股份有限公司 = TSMC
鴻海精密工業股份有限公司 = 富士康
長江和記實業有限公司 = 长江和记实业有限公司
滙豐銀行 = 汇丰银行
華碩電腦股份有限公司 = 华硕电脑股份有限公司
上海华信股权投资合伙企业（有限合伙） = 上海华信股权投资合伙企业
宁波梅山保税港区鼎盛投资管理合伙企业（有限合伙） = 鼎盛投资管理合伙企业(有限合伙)
北京市金杜律师事务所 = 金杜律师事务所
立信会计师事务所（特殊普通合伙） = 立信会计师事务所
西门子（中国）有限公司 = 西门子中国有限公司
飞利浦（中国）投资有限公司 = 飞利浦中国投资有限公司
博世汽车部件（苏州）有限公司 = 苏州博世汽车部件有限公司
巴斯夫（中国）有限公司 = BASF (China) Co., Ltd.
杜邦中国集团有限公司 = DuPont China Holding
沃尔玛（中国）投资有限公司 = Walmart
上海天诚贸易有限公司（原：上海天成商贸有限公司） = 上海天成商贸有限公司
杭州鼎立科技有限公司（曾用名：杭州立鼎信息有限公司） = 杭州立鼎信息有限公司
义乌市博瑞日用百货商行 = 义乌博瑞日用百货商行
苏州市姑苏区老张面馆 = 姑苏区老张面馆
成都市武侯区蜀香火锅店 = 武侯区蜀香火锅店
山东寿光绿源蔬菜专业合作社 = 寿光市绿源蔬菜农民专业合作社
上海市第一人民医院 = 上海第一人民医院
北京市第四中学 = 北京四中
深圳市南山区教育局 = 南山区教育局
I.B.M. = IBM
I.B.M. Corp. = International Business Machines
H & M = H&M
Johnson and Johnson = Johnson & Johnson
Procter and Gamble = Procter & Gamble Co.
Marks and Spencer Group plc = Marks & Spencer
Levi's = Levis
Kellogg's = Kelloggs
McDonald's Corporation = McDonalds
The Boston Consulting Group = Boston Consulting Group
The Home Depot, Inc. = Home Depot
Müller GmbH & Co. KG = Mueller GmbH
Müller GmbH = Muller Gmbh
Kärcher SE = Karcher
Société Générale S.A. = Societe Generale
Crédit Agricole = Credit Agricole SA
Nestlé S.A. = 雀巢
Smith Brothers Ltd = Smith Bros. Ltd.
Acme Mfg Co = Acme Manufacturing Company
Acme Intl Trading Pty Ltd = Acme International Trading
Acme Technologies Sdn. Bhd. = ACME Technologies Sdn Bhd
Acme Technologies Sdn Bhd = Acme Technologies
Sumida K.K. = Sumida KK
Toyota Motor Kabushiki Kaisha = Toyota Motor
Acme S.p.A. = Acme SpA
Acme S.A. de C.V. = Acme SA de CV
Acme Sp. z o.o. = Acme
Acme N.V. = Acme NV
Acme B.V. = Acme
Acme Pte. Ltd. = ACME Private Limited
Acme Oy = Acme
Acme A/S = Acme AS
Blue Ocean Shipping LLC = BLUE OCEAN SHIPPING L.L.C.
Guangzhou Hengda Trade Co.,Ltd = Guangzhou Hengda Trading Co., Ltd.
Shenzhen Xinyuan Electronic Co., Ltd. = Shenzhen Xinyuan Electronics Co Ltd
Zhejiang Jinlong Machinery Co. = 浙江金龙机械有限公司
上海宏达电子有限公司 = 上海宏達電子有限公司
３６０数科 = 360数科
上海 华信 科技 有限 公司 = 上海华信科技有限公司
华信科技(上海)有限公司 = 上海华信科技有限公司
华信科技集团股份有限公司 = 华信科技集团
江苏省苏州市华信精密机械有限公司 = 苏州华信精密机械有限公司
中铁十二局集团有限公司 = 中铁12局集团有限公司
中建三局集团有限公司 = 中建第三工程局集团有限公司
第一汽车集团 = 中国第一汽车集团有限公司
内蒙古伊利实业集团股份有限公司 = 伊利股份
华润三九医药股份有限公司 = 华润三九
珠海格力电器股份有限公司 = 格力电器
青岛海尔股份有限公司 = 海尔
顺丰速运有限公司 = 顺丰
""".strip().splitlines()

TWO = """
中石化 = 中石油
中国石油化工集团有限公司 = 中国石油天然气集团有限公司
中国移动通信集团有限公司 = 中国联合网络通信集团有限公司
工商银行 = 招商银行
中国工商银行北京分行 = 中国工商银行上海分行
招商银行武汉东湖支行 = 招商银行武汉光谷支行
上海银行 = 上海农村商业银行
中国银行 = 中国农业银行
交通银行 = 浦发银行
中信银行 = 中信证券
平安银行 = 平安养老保险股份有限公司
中国人寿保险 = 中国人民保险
上海第一食品商店 = 上海第二食品商店
长春第一汽车制造厂一分厂 = 长春第一汽车制造厂二分厂
中铁一局集团有限公司 = 中铁二局集团有限公司
中铁十一局集团有限公司 = 中铁十二局集团有限公司
中建三局集团有限公司 = 中建八局集团有限公司
上海市第一人民医院 = 上海市第六人民医院
北京市第四中学 = 北京市第八中学
中国电子科技集团公司第十四研究所 = 中国电子科技集团公司第三十八研究所
中国航天科技集团公司第五研究院 = 中国航天科技集团公司第八研究院
北京大学第一医院 = 北京大学第三医院
复旦大学附属中山医院 = 复旦大学附属华山医院
四川大学 = 四川大学华西医院
浙江大学 = 浙江工业大学
北京大学 = 北京科技大学
清华大学 = 清华同方股份有限公司
中山大学 = 中山市人民医院
南京大学 = 南京航空航天大学
上海交通大学 = 西安交通大学
华东师范大学 = 华东理工大学
深圳市南山区教育局 = 深圳市福田区教育局
深圳市南山区教育局 = 深圳市南山区卫生局
杭州市人民政府 = 宁波市人民政府
中共杭州市委 = 杭州市人民政府
国家税务总局上海市税务局 = 国家税务总局北京市税务局
老王水果店 = 老李水果店
苏州市姑苏区老张面馆 = 苏州市姑苏区老陈面馆
义乌市博瑞日用百货商行 = 义乌市博美日用百货商行
东莞市长安鑫达五金厂 = 东莞市虎门宏达五金厂
寿光绿源蔬菜专业合作社 = 寿光金源苗木专业合作社
上海华信股权投资合伙企业（有限合伙） = 上海华鼎股权投资合伙企业（有限合伙）
宁波鼎盛一号投资合伙企业（有限合伙） = 宁波鼎盛二号投资合伙企业（有限合伙）
宁波鼎盛壹期投资合伙企业（有限合伙） = 宁波鼎盛贰期投资合伙企业（有限合伙）
金杜律师事务所 = 君合律师事务所
立信会计师事务所 = 天健会计师事务所
北京同仁堂股份有限公司 = 北京同仁医院
中国建筑股份有限公司 = 中国建材股份有限公司
中国中车 = 中国中铁
中国铁建 = 中国中铁
中国南方航空 = 中国东方航空
华润医药 = 国药集团
上海建工集团 = 北京建工集团有限公司
广东发展银行 = 广东农村信用社
三一重工 = 三一学院
恒大地产集团 = 恒大汽车配件经营部
西门子（中国）有限公司 = 西部数据（中国）有限公司
宝马（中国）汽车贸易有限公司 = 奔驰（中国）汽车销售有限公司
博世（中国）投资有限公司 = 博西华家用电器有限公司
General Motors = General Electric
General Mills = General Dynamics
United Airlines = United Technologies
American Airlines = American Express
Bank of America = Bank of China
Deutsche Bank = Deutsche Telekom
First National Bank = Second National Bank
Johnson Controls = Johnson & Johnson
Morgan Stanley = JPMorgan
Western Digital = Western Union
Texas Instruments = National Instruments
Applied Materials = Advanced Materials
Hewlett Packard = Packard Bell
Acme Trading Ltd = Apex Trading Ltd
Smith & Sons = Smith & Nephew
Blue Ocean Shipping = Blue Star Shipping
Shanghai Huaxin Co., Ltd. = Beijing Huaxin Co., Ltd.
Shenzhen Xinyuan Electronics = Shenzhen Xinya Electronics
Plant No. 1 Huaxin = Plant No. 2 Huaxin
General Electric = 通用汽车
United Airlines = 美国航空
Bank of China = 中国农业银行
Air China = 中华航空
China Eastern Airlines = 中国南方航空
National University of Singapore = 南洋理工大学
""".strip().splitlines()


@pytest.mark.parametrize("pair", ONE_OR_ASK)
def test_one_firm_or_a_question(pair: str) -> None:
    left, right = pair.split(" = ")
    assert compare_company_names(left, right).verdict != "different"


@pytest.mark.parametrize("pair", TWO)
def test_two_firms(pair: str) -> None:
    left, right = pair.split(" = ")
    assert compare_company_names(left, right).verdict == "different"
