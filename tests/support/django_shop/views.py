"""The order API: list, detail, PATCH and PUT with nested lines."""

from typing import Any

import django_filters
from django.db import transaction
from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.viewsets import ModelViewSet

from support.django_shop.models import STATES, Line, Order
from support.django_shop.switches import switches

LINES = "order_lines"
READ_ONLY = ("reference", "create_date", "modified_date", "confirm_date", "offline")
ROW = ("id", "reference", "customer_order_number", "erp_order_number", "state", "order_date", "create_date")


class OrderFilters(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(choices=[(state, state) for state in STATES])
    confirm_date__gte = django_filters.IsoDateTimeFilter("confirm_date", "gte")
    confirm_date__lte = django_filters.IsoDateTimeFilter("confirm_date", "lte")
    create_date__gte = django_filters.IsoDateTimeFilter("create_date", "gte")

    class Meta:
        model = Order
        fields = ("state", "offline", "reference", "webshop")


class RowSerializer(serializers.ModelSerializer):
    class Meta:
        model = Order
        fields = (*ROW, "modified_date")


class LineSerializer(serializers.ModelSerializer):
    id = serializers.IntegerField(required=False)

    class Meta:
        model = Line
        exclude = ("order",)


class LinesField(serializers.ListSerializer):
    def to_representation(self, data: Any) -> list[Any]:
        return super().to_representation(data.order_by(switches.line_ordering))


class OrderSerializer(serializers.ModelSerializer):
    order_lines = LinesField(child=LineSerializer())

    class Meta:
        model = Order
        fields = "__all__"
        read_only_fields = READ_ONLY

    def update(self, instance: Order, validated_data: dict[str, Any]) -> Order:
        lines = validated_data.pop(LINES, None)
        with transaction.atomic():
            super().update(instance, validated_data)
            if lines is not None:
                _store(instance, lines)
        return instance


def _store(order: Order, lines: list[dict[str, Any]]) -> None:
    if switches.recreate_lines:
        order.order_lines.all().delete()
        lines = [{name: value for name, value in line.items() if name != "id"} for line in lines]
    order.order_lines.exclude(id__in=[line["id"] for line in lines if "id" in line]).delete()
    for line in lines:
        Line.objects.update_or_create(id=line.get("id"), order=order, defaults=line)


class OrderViewSet(ModelViewSet):
    http_method_names = ("get", "put", "patch", "head", "options")
    filterset_class = OrderFilters

    def get_queryset(self) -> QuerySet[Order]:
        return Order.objects.order_by(switches.ordering)

    def get_serializer_class(self) -> type[serializers.ModelSerializer]:
        return RowSerializer if self.action == "list" else OrderSerializer

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if (request.method, kwargs.get("pk")) in switches.broken:
            raise RuntimeError("a mistake in the shop's own code")
