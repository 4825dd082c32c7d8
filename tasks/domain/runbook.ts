/** The anchor that GitHub generates from a heading. */
export const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} -]/gu, '')
    .replaceAll(' ', '-');

/** Where a section of the runbook is. @param runbookUrl a URL, or a path if the deployment names none */
export const sectionUrl = (runbookUrl: string, heading: string): string =>
  `${runbookUrl}#${anchorOf(heading)}`;
