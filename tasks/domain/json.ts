/** @returns undefined where it isn't JSON, which whatever schema reads it then refuses */
export function fromJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
