/**
 * A name, tag or cause as it may be shown: on one line, without invisible characters that could break a header or
 * reorder the text (control, format, bidirectional, unassigned and private-use ones).
 */
export const clean = (text: string): string => text.replaceAll(/\s+/gu, ' ').replaceAll(/\p{C}/gu, '').trim();
