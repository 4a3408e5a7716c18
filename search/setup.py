"""What a new site knows about words from its first day."""

from search.models import SynonymGroup

FIRST_GROUPS = (
    "积分, points, reward points",
    "漫游, roaming",
    "流量, data, 上网流量",
    "套餐, plan, 资费套餐",
    "话费, 账单, phone bill, bill",
    "变多, 变高, 变贵, 多出, 多扣, higher, too high",
    "资费, 价格, 收费, 多少钱, price, fee, cost",
    "充值, top up, recharge, 缴费, 交费",
    "宽带, broadband",
    "路由器, router",
    "光猫, modem, optical modem",
    "验证码, verification code, 校验码",
    "密码, password",
    "携号转网, 携转, port-in, number porting, number transfer",
    "手机卡, SIM card, SIM, 电话卡, SIM卡",
    "退款, refund, 退费, 退钱",
    "发票, invoice, receipt",
    "取消, cancel, 退订",
    "短信, text message, SMS",
    "信号, signal, reception, 信号差",
    "热点, hotspot",
    "兑换, redeem, exchange",
    "客服, customer service, 人工客服",
    "国外, abroad, overseas, 境外, 出国",
    "扣费, charged, charge, 扣钱",
    "日包, day pass",
    "停机, suspended, service suspended",
    "挂失, report lost, lost SIM",
    "语音信箱, voicemail",
)


def setup_synonyms() -> None:
    """Fill an empty list; where staff have one, it stays as they want it."""
    if not SynonymGroup.objects.exists():
        SynonymGroup.objects.bulk_create(
            SynonymGroup(terms=terms) for terms in FIRST_GROUPS
        )
