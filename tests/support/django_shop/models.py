"""An order and its lines."""

from django.db import models

STATES = ("draft", "quotation", "confirmed", "processing", "done", "cancel")


class Order(models.Model):
    """Fields are named as on the vendor's pages."""

    reference = models.CharField(max_length=64)
    key = models.CharField(max_length=64, null=True, blank=True)
    customer_order_number = models.CharField(max_length=64, null=True, blank=True)
    erp_order_number = models.CharField(max_length=64, null=True, blank=True)
    state = models.CharField(max_length=16, choices=[(state, state) for state in STATES], default="draft")
    order_date = models.DateField(null=True)
    create_date = models.DateTimeField()
    modified_date = models.DateTimeField(auto_now=True)
    confirm_date = models.DateTimeField(null=True)
    offline = models.BooleanField(default=False)
    payment_status = models.CharField(max_length=64, null=True)
    shipment_state = models.CharField(max_length=16, default="none")
    description = models.TextField(null=True, blank=True)
    currency = models.CharField(max_length=3)
    customer = models.IntegerField(null=True)
    user = models.IntegerField(null=True)
    webshop = models.IntegerField(null=True)
    shipment_address = models.IntegerField(null=True)
    invoice_address = models.IntegerField(null=True)
    requested_delivery_date = models.DateField(null=True)
    paid_amount = models.DecimalField(max_digits=14, decimal_places=4, default=0)

    class Meta:
        app_label = "django_shop"


class Line(models.Model):
    """A line of an order."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="order_lines")
    type = models.CharField(max_length=20)
    product = models.JSONField(null=True)
    description = models.TextField(null=True, blank=True)
    quantity = models.DecimalField(max_digits=14, decimal_places=4)
    unit_price = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    erp_line_number = models.IntegerField(null=True)

    class Meta:
        app_label = "django_shop"
