import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'vitest';

// import.meta.url is not a file's address where the tests run in jsdom.
const folder = join(import.meta.dirname, '../../../docs/schemas');
const parse = (path: string) => JSON.parse(readFileSync(join(folder, path), 'utf8'));

// The schemas name union types and leave fields open on purpose.
const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, strictRequired: false });
const line = ajv.compile(parse('entry.json'));
const kinds = new Map(readdirSync(join(folder, 'entries'))
  .map(file => [file.replace('.json', ''), ajv.compile(parse(`entries/${file}`))]));

/** Fails unless the line, and the data of its kind, are as the schemas say. */
export function expectValid(entry: { at: unknown; k: string; d: unknown }): void {
  const check = kinds.get(entry.k);
  expect(check, `kind ${entry.k}`).toBeDefined();
  expect(line(entry) && check!(entry.d), `${JSON.stringify(entry).slice(0, 400)} ${ajv.errorsText(line.errors ?? check!.errors)}`).toBe(true);
  expect(Number.isFinite(entry.at), `at of ${entry.k}`).toBe(true);
}
