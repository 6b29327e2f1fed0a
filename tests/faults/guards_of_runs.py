"""The guards of go-live, days and reports, each with its removal and the tests that then fail."""

from faults.guards_of_orders import Mutation

ONLINE, GO_LIVE = ("tests/flow/test_proved_online.py",), ("tests/flow/test_go_live.py",)
MISSED, CONSERVED = ("tests/flow/test_missed_days.py",), ("tests/flow/test_conservation.py",)
OFFLINE = ("tests/flow/test_offline.py", "tests/flow/test_last_step.py", "tests/flow/test_proved_online.py")
CANCELLED = ("tests/flow/test_erp_order_cancelled.py",)

OF_RUNS = (
    Mutation(
        "partly written back: the ERP is asked whether it has cancelled the order",
        "include/orderflow/flow/orders/partly_written_back.py",
        "    kept = as_kept(services, claim.order)\n",
        "    kept = Exported.of(claim.order)\n",
        CANCELLED,
    ),
    Mutation(
        "before the lines are written: the same",
        "include/orderflow/flow/orders/write_back.py",
        "    exported = as_kept(services, claim.order)\n",
        "    exported = Exported.of(claim.order)\n",
        CANCELLED,
    ),
    Mutation(
        "orders that were sent back after their export are asked for",
        "include/orderflow/flow/orders/withdrawals.py",
        "    for state in (ShopState.CANCEL, ShopState.DRAFT, ShopState.QUOTATION):\n",
        "    for state in (ShopState.CANCEL,):\n",
        ("tests/flow/test_withdrawals.py",),
    ),
    Mutation(
        "nothing is told of an order that the ERP has cancelled",
        "include/orderflow/flow/orders/steps.py",
        " and known.reason is not Reason.ERP_ORDER_CANCELLED\n",
        "\n",
        CANCELLED,
    ),
    Mutation(
        "proved online",
        "include/orderflow/flow/services.py",
        "        return decision if listed.is_online or not is_export(decision) else offline_unknown(listed)\n",
        "        return decision\n",
        ONLINE,
    ),
    Mutation(
        "listed as offline, too",
        "include/orderflow/flow/online.py",
        "        return self.online and not self.offline\n",
        "        return self.online\n",
        ONLINE,
    ),
    Mutation(
        "proved offline before it is marked as sent",
        "include/orderflow/flow/online.py",
        "        return self.offline and not self.online\n",
        "        return self.offline\n",
        OFFLINE,
    ),
    Mutation(
        "the proof that an order is offline is kept",
        "include/orderflow/flow/services.py",
        "        if order.offline is None and known is not None and known.progress is Progress.OFFLINE:\n",
        "        if False:\n",
        OFFLINE,
    ),
    Mutation(
        "an offline order is read again before it is marked",
        "include/orderflow/flow/orders/finish.py",
        "    if decision.action is Action.MARK:\n",
        "    if True:\n",
        OFFLINE,
    ),
    Mutation(
        "offline orders that are not marked yet are open",
        "include/orderflow/domain/backoff.py",
        "    Progress.OFFLINE: PATIENT,\n",
        "",
        OFFLINE,
    ),
    Mutation(
        "go-live, of an order as read",
        "include/orderflow/flow/orders/select.py",
        "            decision = gated(decision, order, go_live=live, by_person=by_person, timezone=zone)\n",
        "            pass\n",
        GO_LIVE,
    ),
    Mutation(
        "go-live, of an order that does not say when it was confirmed",
        "include/orderflow/domain/go_live.py",
        "    if order.confirmed_at is not None:\n",
        "    if order:\n",
        GO_LIVE,
    ),
    Mutation(
        "go-live, of a row",
        "include/orderflow/flow/orders/go_live.py",
        "    old = {i for i, at in changed.items() if live is None or (at is not None and at < live)}\n",
        "    old = set[int]()\n",
        GO_LIVE,
    ),
    Mutation(
        "nothing is live before a day was run",
        "include/orderflow/domain/go_live.py",
        '        return None if by_person else ""\n',
        "        return None\n",
        GO_LIVE,
    ),
    Mutation(
        "`not_before` forbids a day and a named order, too",
        "include/orderflow/flow/orders/go_live.py",
        "    if services.settings.go_live or by_person:\n",
        "    if by_person:\n        return None\n    if services.settings.go_live:\n",
        GO_LIVE,
    ),
    Mutation(
        "missed days are taken up",
        "include/orderflow/flow/orders/missed_days.py",
        "    return [day for day in _days_since(services, first) if day.key not in done]\n",
        "    return []\n",
        MISSED,
    ),
    Mutation(
        "offline orders of missed days",
        "include/orderflow/flow/orders/listing.py",
        "    offline = _unsent_offline(services, window)\n",
        "    offline: list[int | OrderflowError] = []\n",
        MISSED,
    ),
    Mutation(
        "days that nobody takes up are a gap",
        "include/orderflow/flow/orders/missed_days.py",
        "    if gaps:\n",
        "    if False:\n",
        MISSED,
    ),
    Mutation(
        "a day whose list lacks orders is not done",
        "include/orderflow/flow/orders/missed_days.py",
        "    if not errors(units):\n",
        "    if True:\n",
        MISSED,
    ),
    Mutation(
        "orders that a restored ledger does not know are learnt again",
        "include/orderflow/flow/orders/listing.py",
        " or not _is_finished(known.get(row.id))]\n",
        "]\n",
        MISSED,
    ),
    Mutation(
        "what was listed and left no trace has failed",
        "include/orderflow/flow/reporting/report.py",
        "    lost = set(listed) - {order.order.order_id for order in seen}\n",
        "    lost = set[int]()\n",
        CONSERVED,
    ),
    Mutation(
        "what was selected and hangs has failed",
        "include/orderflow/flow/reporting/report.py",
        "    if (order.order.order_id in selected or _was_to_be_processed(order)) and _hangs(order):\n",
        "    if False:\n",
        CONSERVED,
    ),
    Mutation(
        "no ERP order belongs to two orders of the shop",
        "include/orderflow/flow/reporting/report.py",
        "        if order.order.order_id in sharing:\n",
        "        if False:\n",
        CONSERVED,
    ),
)
