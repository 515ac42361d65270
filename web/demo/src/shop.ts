import * as cart from './cart';
import { cartPage } from './pages/cart';
import { checkout } from './pages/checkout';
import { guide } from './pages/guide';
import { lab } from './pages/lab';
import { list } from './pages/list';
import { product } from './pages/product';
import { reviewsPage } from './pages/reviews';
import { search } from './pages/search';

const pages: Record<string, () => void | Promise<void>> = {
  list, product, search, cart: cartPage, checkout, guide, lab, reviews: reviewsPage,
};

cart.showCount();
void pages[document.body.dataset.page ?? '']?.();
