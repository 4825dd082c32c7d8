import type { MiddlewareHandler } from 'hono';
import { every } from 'hono/combine';
import { secureHeaders } from 'hono/secure-headers';
import type { Brand } from '../../tasks/domain/settings/brand.ts';
import { hashOf, pageSheet } from '../../tasks/presentation/sheet.ts';
import { scriptHash, sheetHash } from './layout.ts';

/** @param styles what the content policy allows as style */
const headers = (styles: string): MiddlewareHandler =>
  every(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        styleSrc: [styles],
        scriptSrc: [scriptHash],
        imgSrc: ['data:'],
        connectSrc: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
      },
      // Not no-referrer, which would hide the origin of our own forms too.
      referrerPolicy: 'same-origin',
      // Plain HTTP on loopback: there is nothing to hold a browser to.
      strictTransportSecurity: false,
      xFrameOptions: 'DENY',
    }),
    async (c, next) => {
      await next();
      c.header('Cache-Control', 'no-store');
    },
  );

/** For our own pages: our own sheet and script, and nothing else. */
export const pageHeaders = headers(sheetHash);

/** For the page that shows a mail, whose frame inherits the policy: mails carry their style inline. */
export const mailHeaders = headers("'unsafe-inline'");

/** For a sweep's report, which has the sheet of the deployment's pages. */
export const reportHeaders = (brand: Brand): MiddlewareHandler => headers(hashOf(pageSheet(brand)));
