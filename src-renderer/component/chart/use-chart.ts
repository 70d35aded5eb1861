import { HeatmapChart, LineChart } from 'echarts/charts'
import { AriaComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent, VisualMapComponent } from 'echarts/components'
import { init, use, type EChartsCoreOption, type EChartsType } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'
import { onBeforeUnmount, watch, type ShallowRef } from 'vue'

use([LineChart, HeatmapChart, AriaComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent, VisualMapComponent, CanvasRenderer])

/** A chart in an element for as long as its component lives: follows the option and the element's size, and is disposed of. */
export function useChart(element: Readonly<ShallowRef<HTMLElement | null>>, option: () => EChartsCoreOption): void {
  let chart: EChartsType | undefined
  let observer: ResizeObserver | undefined
  const dispose = (): void => {
    observer?.disconnect()
    chart?.dispose()
    chart = undefined
  }
  const start = (target: HTMLElement): void => {
    chart = init(target)
    chart.setOption(option())
    observer = new ResizeObserver(() => chart?.resize())
    observer.observe(target)
  }
  // The element comes and goes where a chart can be looked at as a table.
  watch(
    element,
    (target) => {
      dispose()
      if (target) start(target)
    },
    { flush: 'post', immediate: true },
  )
  watch(option, (next) => chart?.setOption(next, { notMerge: true }))
  onBeforeUnmount(dispose)
}
