/** The page's own scheme: a real origin (fetch, workers and storage work), and no way to the file system. */
export const APP_SCHEME = 'cryomoment'
export const APP_ORIGIN = `${APP_SCHEME}://app`
export const APP_PAGE = `${APP_ORIGIN}/`

/** Whether a URL is the application's own. `URL.origin` is "null" for a scheme Node does not know, so it is not asked. */
export function isAppUrl(url: string): boolean {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  return parsed?.protocol === `${APP_SCHEME}:` && parsed.host === 'app' && parsed.username === '' && parsed.password === ''
}
