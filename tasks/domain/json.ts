/** @returns undefined if it isn't JSON, which the schema that reads it then rejects */
export function fromJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
