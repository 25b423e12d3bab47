/** How a volume becomes two: at once by the storage's driver, or by way of a snapshot that it makes. */
export type CloneStrategy = 'clone' | 'volume-snapshot';
