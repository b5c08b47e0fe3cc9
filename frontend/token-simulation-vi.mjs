// The token simulation has no translation of its own: its words are put into Vietnamese while it is bundled. A new version
// in which one of these places looks different stops the build.
import { readFile } from "node:fs/promises";

const WORDS = {
  "toggle-mode/modeler/ToggleMode.js": [["Token Simulation <", "Chạy bằng chấm <"]],
  "reset-simulation/ResetSimulation.js": [["Reset Simulation", "Chạy lại từ đầu"]],
  "pause-simulation/PauseSimulation.js": [
    ["Play/Pause Simulation", "Chạy, tạm dừng"],
    ["Pause Simulation", "Tạm dừng"],
    ["Play Simulation", "Đang chạy"],
  ],
  "show-scopes/ShowScopes.js": [["Focus process instance", "Xem lượt chạy"]],
  "set-animation-speed/SetAnimationSpeed.js": [["Set animation speed =", "Tốc độ:"]],
  "log/Log.js": [
    ["        Simulation Log", "        Nhật ký chạy"],
    ["Toggle Simulation Log", "Mở, đóng nhật ký chạy"],
    ["No Entries", "Chưa có gì"],
  ],
  "context-pads/handler/ExclusiveGatewayHandler.js": [["Set Sequence Flow", "Chọn đường đi"]],
  "context-pads/handler/InclusiveGatewayHandler.js": [["Set Sequence Flow", "Chọn đường đi"]],
  "context-pads/handler/PauseHandler.js": [
    ["'Remove' : 'Add' } pause point", "'Bỏ' : 'Đặt' } điểm dừng"],
  ],
  "context-pads/handler/TriggerHandler.js": [["Trigger Event", "Cho sự kiện xảy ra"]],
  "simulation-state/SimulationState.js": [["'Finished'", "'Đã chạy xong'"]],
  "element-support/ElementSupport.js": [
    ["Found unsupported elements", "Có phần tử không chạy bằng chấm được"],
    ["Not supported", "Không chạy được"],
  ],
};

export const tokenSimulationInVietnamese = {
  name: "token-simulation-vi",
  setup(build) {
    build.onLoad({ filter: /bpmn-js-token-simulation[\\/]lib[\\/]features[\\/].*\.js$/ }, async ({ path }) => {
      const name = path.replaceAll("\\", "/").split("/features/").pop();
      if (!WORDS[name]) return undefined;
      let contents = await readFile(path, "utf8");
      for (const [place, instead] of WORDS[name]) {
        if (!contents.includes(place)) throw new Error(`token simulation, ${name}: expected: ${place}`);
        contents = contents.replaceAll(place, instead);
      }
      return { contents, loader: "js" };
    });
  },
};
