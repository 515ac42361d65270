/** Name and version of this SDK, as they stand in every `page` entry. */
export const name = 'recount-browser';
export const version = '0.1.0';
