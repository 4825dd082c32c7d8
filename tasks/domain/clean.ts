/**
 * A name, tag or cause as it may be shown: on one line, without the characters that nobody sees but that break a
 * header or turn the text around (control, format and bidirectional ones, unassigned and private ones).
 */
export const clean = (text: string): string => text.replaceAll(/\s+/gu, ' ').replaceAll(/\p{C}/gu, '').trim();
