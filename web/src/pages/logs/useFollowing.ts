import { useCallback, useRef } from "react";
import { useLogsPage } from "./state";

/** Up to this many pixels from the newest line one still follows. */
const AT_THE_TOP_PX = 4;

/** Scrolling away from the newest line pauses; scrolling back to it goes on, unless it was paused by hand. */
export function useFollowing(): (top: number) => void {
  const { task } = useLogsPage();
  const isPausedByScrolling = useRef(false);
  return useCallback(
    (top: number) => {
      const { live } = task.state.get();
      if (live.status === "off") return;
      if (!live.isPaused) isPausedByScrolling.current = false;
      if (top > AT_THE_TOP_PX && !live.isPaused) {
        isPausedByScrolling.current = true;
        task.pause();
      } else if (top <= AT_THE_TOP_PX && live.isPaused && isPausedByScrolling.current) {
        isPausedByScrolling.current = false;
        task.resume();
      }
    },
    [task],
  );
}
