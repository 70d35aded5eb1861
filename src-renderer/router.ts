import type { Component } from 'vue'
import { createRouter, createWebHashHistory, type Router } from 'vue-router'
import NotFoundPage from './component/shell/NotFoundPage.vue'
import { project } from './text/english/project.ts'
import { shell } from './text/english/shell.ts'

declare module 'vue-router' {
  interface RouteMeta {
    /** Stands in the window's title. */
    readonly title?: string
    /** Without an open project there is nothing to show. */
    readonly project?: boolean
  }
}

type Page = () => Promise<{ default: Component }>
const found = import.meta.glob<{ default: Component }>('./component/*/*Page.vue')
const page = (path: string): Page | Component => found[`./component/${path}.vue`] ?? NotFoundPage

// Addresses behind `#`: the same files serve a browser, a desktop and any path in front of them.
export function createPages(): Router {
  return createRouter({
    history: createWebHashHistory(),
    routes: [
      { path: '/', component: page('project/StartPage'), meta: { title: project.start.title } },
      { path: '/project', component: page('project/ProjectPage'), meta: { project: true } },
      { path: '/dataset/:id', component: page('dataset/DatasetPage'), meta: { project: true } },
      { path: '/view', component: page('volume/ViewPage'), meta: { title: shell.rail.view, project: true } },
      { path: '/new/:task?', component: page('job/NewJobPage'), meta: { title: shell.rail.newJob, project: true } },
      { path: '/jobs', component: page('job/JobsPage'), meta: { title: shell.rail.jobs, project: true } },
      { path: '/jobs/:id', component: page('job/JobPage'), meta: { title: shell.rail.jobs, project: true } },
      { path: '/compare', component: page('job/ComparePage'), meta: { title: shell.rail.jobs, project: true } },
      { path: '/settings', component: page('shell/SettingsPage'), meta: { title: shell.settings.title } },
      { path: '/:rest(.*)*', component: NotFoundPage, meta: { title: shell.notFound.title } },
    ],
  })
}
