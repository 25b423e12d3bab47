/** Keeps an entry as the newest of a map, and forgets the oldest one when there are more than `most`. */
export function remember<K, V>(map: Map<K, V>, key: K, value: V, most: number): void {
  // A map holds its entries in the order in which they were put in: the first one is the oldest.
  map.delete(key);
  map.set(key, value);
  if (map.size > most) {
    const [oldest] = map.keys();
    map.delete(oldest as K);
  }
}
