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

// Addresses behind `#`: the same files serve a browser, a desktop and any path in front of them.
export function createPages(): Router {
  return createRouter({
    history: createWebHashHistory(),
    routes: [
      { path: '/', component: () => import('./component/project/StartPage.vue'), meta: { title: project.start.title } },
      { path: '/project', component: () => import('./component/project/ProjectPage.vue'), meta: { project: true } },
      { path: '/dataset/:id', component: () => import('./component/dataset/DatasetPage.vue'), meta: { project: true } },
      { path: '/view', component: () => import('./component/volume/ViewPage.vue'), meta: { title: shell.rail.view, project: true } },
      { path: '/new/:task?', component: () => import('./component/job/NewJobPage.vue'), meta: { title: shell.rail.newJob, project: true } },
      { path: '/jobs', component: () => import('./component/job/JobsPage.vue'), meta: { title: shell.rail.jobs, project: true } },
      { path: '/jobs/:id', component: () => import('./component/job/JobPage.vue'), meta: { title: shell.rail.jobs, project: true } },
      { path: '/compare', component: () => import('./component/job/ComparePage.vue'), meta: { title: shell.rail.jobs, project: true } },
      { path: '/settings', component: () => import('./component/shell/SettingsPage.vue'), meta: { title: shell.settings.title } },
      { path: '/:rest(.*)*', component: NotFoundPage, meta: { title: shell.notFound.title } },
    ],
  })
}
