/** Pages of the shop: name of the script's entry, title, and whether it is a whole page or the inside of a frame. */
export const pages = {
  index: { entry: 'list', title: 'Kettle & Crane' },
  product: { entry: 'product', title: 'Product · Kettle & Crane' },
  search: { entry: 'search', title: 'Search · Kettle & Crane' },
  cart: { entry: 'cart', title: 'Your cart · Kettle & Crane' },
  checkout: { entry: 'checkout', title: 'Checkout · Kettle & Crane' },
  guide: { entry: 'guide', title: 'Brewing guide · Kettle & Crane' },
  lab: { entry: 'lab', title: 'Break something · Kettle & Crane' },
  reviews: { entry: 'reviews', title: 'Reviews', frame: true },
};

const escape = text => text.replace(/&/g, '&amp;');

// A frame belongs to the page around it, which records it; it loads no recorder of its own.
const recorder = '<script src="config.js"></script>\n<script src="record.js"></script>\n';

/** The document around a page's own markup. */
export function layout({ entry, title, frame }, body) {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escape(title)}</title>
<link rel="icon" href="icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="shop.css">
${frame ? '' : recorder}<script src="shop.js" defer></script>
</head>
<body data-page="${entry}"${frame ? ' class="frame"' : ''}>
${frame ? body : chrome(body)}
</body>
</html>
`;
}

const chrome = body => `<a class="skip" href="#main">Skip to content</a>
<p class="banner">This shop is recorded; <a href="/sessions">watch it in Recount</a></p>
<header class="header">
  <a class="brand" href="index.html">
    <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true"><path d="M6 20c0-6 4-10 10-10s10 4 10 10v4H6z" fill="currentColor"/><path d="M16 10V6m-4 0h8" stroke="currentColor" stroke-width="2" stroke-linecap="round"/></svg>
    Kettle &amp; Crane
  </a>
  <form class="header-search" role="search" action="search.html">
    <input type="search" name="q" placeholder="Search" aria-label="Search the shop">
  </form>
  <nav class="header-links" aria-label="Main">
    <a href="guide.html">Guide</a>
    <a href="lab.html">Break something</a>
    <a href="cart.html" id="cart-link">Cart <span class="count-badge" id="cart-count" hidden>0</span></a>
  </nav>
</header>
<main id="main">
${body}</main>
<footer class="footer">
  <p>Kettle &amp; Crane is a demo shop. Nothing here is for sale, and nothing you type leaves this page readable.</p>
</footer>`;
