"""What banks call their columns. One meaning a paragraph, the preferred name first.

Names are written as `columns.label` leaves them: lower case, no blanks, brackets or units.
"""

from collections.abc import Mapping

_MEANINGS = """
booking_date: 记账日期 记账日 银行记账日 入账日期 入账日 交易日期 交易日 发生日期 过账日期
    业务日期 日期 交易日期时间 交易时间 记账时间 入账时间 时间 bookingdate postingdate
    transactiondate transdate date bookdate
value_date: 起息日 起息日期 生效日期 valuedate valdate
income: 记账金额收入 收入金额 收入 贷方发生额收入 贷方发生额 贷方金额收入 贷方金额 贷方入账
    贷方收入 贷方 存入金额 存入 转入金额 收款金额 入账金额 交易金额收入 收入发生额 creditamount
    credit deposit deposits paidin moneyin amountin
expense: 记账金额支出 支出金额 支出 借方发生额支取 借方发生额支出 借方发生额 借方金额支出
    借方金额 借方出账 借方支出 借方 支取金额 取出 支取 转出金额 付款金额 出账金额 交易金额支出
    支出发生额 debitamount debit withdrawal withdrawals paidout moneyout amountout
amount: 交易金额 发生额 发生金额 金额 记账金额 交易额 人民币金额 收支金额 交易发生额
    transactionamount tradeamount amount amt
direction: 借贷标志 借贷标识 借贷方向 借贷 收支标志 收支类型 收支方向 收支 收付标志 收付
    交易方向 记账方向 资金流向 往来标志 进出账标志 dcflag drcr dc debitcredit creditdebit
    cdflag direction
maybe_direction: 交易类型 类型 业务类型 type transactiontype
balance: 余额 账户余额 联机余额 本次余额 交易后余额 交易余额 当前余额 账面余额 可用余额 balance
    runningbalance accountbalance
currency: 记账币种 币种 货币 交易货币 交易币种 币别 货币类型 currency ccy cur
account: 本方账号 账号 本方账户 账户账号 查询账号 本账号 我方账号 账卡号 卡号 银行账号
    借记卡号 accountnumber accountno account
account_name: 本方户名 本方账户名称 账户名称 户名 本方单位名称 我方户名 accountname
counterparty_name: 对方户名 对方名称 对方单位名称 对方单位 对方账户名称 对方账户名 收付方名称
    收付方户名 对手信息 对手户名 对手方名称 对手名称 交易对手名称 交易对手 交易对方
    对方客户名称 对方姓名 对方 counterpartyname counterparty payername payer name
counterparty_account: 对方账号 对方账户 对方卡号 对方账号卡号 对方卡号账号 收付方账号 对手账号
    对手方账号 交易对手账号 counterpartyaccount payeraccount iban
payer_name: 付款人名称 付款人户名 付款方名称 付款方户名 付款人 付款方 付款单位名称
    付款人名称payersname
payee_name: 收款人名称 收款人户名 收款方名称 收款方户名 收款人 收款方 收款单位名称
    收款人名称payeesname
payer_account: 付款人账号 付款方账号 付款账号 借方账号 付款人账号debitaccountno
payee_account: 收款人账号 收款方账号 收款账号 贷方账号 收款人账号payeesaccountnumber
reference: 业务参考号 参考号 客户参考号 客户业务编号 企业参考号 商户单号 商家订单号 订单号
    合同号 票据号 凭证号 凭证号码 customerreference endtoendid reference ref
bank_id: 流水号 交易流水号 银行流水号 核心流水号 银行交易流水号 账户明细编号交易流水号 交易单号
    交易订单号 交易号 交易编号 明细编号 日志号 柜员流水号 回单编号 电子回单号 transactionid
    transactionreference fitid bankreference serialno
"""

_MEMO = """
用途 交易用途 附言 交易附言 客户附言 摘要 交易摘要 业务摘要 其它摘要 其他摘要 客户摘要 摘要说明
备注 交易备注 客户备注 附加信息 个性化信息 回单个性化信息 交易说明 说明 交易场所 交易地点
交易描述 交易详情 商品说明 商品 交易名称 业务名称 description purpose narrative memo remark
remarks details particulars remittanceinformation 摘要reference 用途purpose
交易附言remark 备注remarks
"""


def _read(text: str) -> dict[str, tuple[str, ...]]:
    meanings: dict[str, list[str]] = {}
    names: list[str] = []
    for word in text.split():
        if word.endswith(":"):
            names = meanings.setdefault(word[:-1], [])
        else:
            names.append(word)
    return {meaning: tuple(names) for meaning, names in meanings.items()}


SYNONYMS: Mapping[str, tuple[str, ...]] = _read(_MEANINGS)
MEMO_COLUMNS: tuple[str, ...] = tuple(_MEMO.split())
