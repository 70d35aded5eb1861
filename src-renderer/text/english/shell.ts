/** Sentences of the frame around every page. */
export const shell = {
  product: 'CryoMoment',
  skip: 'Skip to the page',
  rail: { label: 'Main', start: 'Start', project: 'Project', view: 'View', jobs: 'Jobs', newJob: 'New job', settings: 'Settings', shortcuts: 'Keyboard shortcuts' },
  connection: {
    connecting: 'Connecting',
    open: 'Connected',
    lost: 'Reconnecting',
    lostSentence: 'The server does not answer. Running jobs go on; this page reconnects by itself.',
    back: 'Connected again; everything is up to date.',
    retry: 'Try now',
    noAnswer: 'The server did not answer in 20 seconds. Is it still running?',
    interrupted: 'The connection to the server was lost before it answered; try again once this page is connected.',
    sessionEnded: 'This session has ended. Open the link again that the server printed when it started.',
    updated: (version: string): string => `The server now runs version ${version}. Reload the page to match it.`,
    reload: 'Reload',
  },
  upload: {
    failed: (name: string): string => `${name} could not be uploaded; check the connection and drop it again.`,
    unreadable: (status: number): string => `The server could not send this data (HTTP ${status}).`,
  },
}
