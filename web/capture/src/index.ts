/** Version of this SDK, as it stands in every `page` entry. */
export const version = '0.1.0';
