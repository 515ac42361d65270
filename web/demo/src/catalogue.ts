/** A product, as `api/products` gives it. */
export interface Product {
  id: string;
  name: string;
  category: string;
  /** Which drawing shows it. */
  art: string;
  /** Colour of the drawing. */
  tone: string;
  /** Euro cents. */
  price_cents: number;
  stock: number;
  /** 0 to 5. */
  rating: number;
  summary: string;
  details: string[];
}

let loading: Promise<Product[]> | undefined;

/** The whole catalogue; it is fetched once a page. */
export function products(): Promise<Product[]> {
  loading ??= fetch('api/products').then(async response => {
    if (!response.ok) throw new Error(`The catalogue answered ${response.status}`);
    return ((await response.json()) as { products: Product[] }).products;
  });
  return loading;
}

export const price = (cents: number) =>
  new Intl.NumberFormat('en-IE', { style: 'currency', currency: 'EUR' }).format(cents / 100);

/** Products whose name, category or text holds every word. */
export function search(all: Product[], query: string): Product[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return all.filter(one => {
    const text = [one.name, one.category, one.summary, ...one.details].join(' ').toLowerCase();
    return words.every(word => text.includes(word));
  });
}
