"""The shop's URLs."""

from rest_framework.routers import DefaultRouter

from support.django_shop.views import OrderViewSet

router = DefaultRouter()
router.register("api/order", OrderViewSet, "order")
urlpatterns = router.urls
