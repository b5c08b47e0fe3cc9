// form-js's editor 1.23 has no translations: its English is replaced where it stands, in the palette and the panel of
// properties, never in the form that is being drawn, nor in what somebody typed. A text that is not here stays English;
// a test counts those (tests/web/test_form_editor.py).
const WORDS = {
  // palette
  "Components": "Thành phần",
  "Search components": "Tìm thành phần",
  "Clear content": "Xóa chữ đã tìm",
  "No components found.": "Không có thành phần nào.",
  "Input": "Nhập liệu",
  "Selection": "Chọn",
  "Presentation": "Trình bày",
  "Containers": "Nhóm",
  "Build your form": "Bắt đầu vẽ biểu mẫu",
  "Drag and drop components here to start designing.": "Kéo một thành phần từ bên trái vào đây, hoặc chọn nó rồi nhấn Enter.",
  "Use the preview window to test your form.": "Bấm “Xem thử” để điền thử như người dùng.",
  "Drag and drop components here.": "Kéo thành phần vào đây.",
  // panel: groups
  "Form": "Biểu mẫu",
  "General": "Chung",
  "Validation": "Kiểm tra",
  "Condition": "Điều kiện",
  "Layout": "Bố cục",
  "Appearance": "Hình thức",
  "Constraints": "Giới hạn",
  "Serialization": "Cách lưu",
  "Options source": "Lấy lựa chọn từ đâu",
  "Static options": "Các lựa chọn",
  "Dynamic options": "Lựa chọn theo dữ liệu",
  "Options expression": "Lựa chọn theo công thức",
  "Custom properties": "Thuộc tính riêng",
  // panel: entries
  "Field label": "Nhãn",
  "Group label": "Tên nhóm",
  "Date label": "Nhãn ngày",
  "Time label": "Nhãn giờ",
  "Label": "Nhãn",
  "Field description": "Hướng dẫn điền",
  "Description": "Hướng dẫn",
  "Key": "Khóa dữ liệu",
  "Path": "Nơi giữ dữ liệu",
  "Default value": "Giá trị ban đầu",
  "Default number of items": "Số dòng ban đầu",
  "Allow add/delete items": "Được thêm, bỏ dòng",
  "Disable collapse": "Không thu gọn",
  "Number of non-collapsing items": "Số dòng luôn hiện",
  "Show outline": "Có khung",
  "Checked": "Đã đánh dấu",
  "Not checked": "Chưa đánh dấu",
  "<none>": "(không)",
  "Disabled": "Khóa hẳn",
  "Read only": "Chỉ đọc",
  "Required": "Bắt buộc",
  "Minimum": "Nhỏ nhất",
  "Maximum": "Lớn nhất",
  "Minimum length": "Ít nhất (ký tự)",
  "Maximum length": "Nhiều nhất (ký tự)",
  "Validation pattern": "Kiểm tra theo mẫu",
  "Custom regular expression": "Biểu thức chính quy",
  "Custom error message": "Lời báo khi sai",
  "Custom": "Tự đặt",
  "Email": "Thư điện tử",
  "Phone": "Điện thoại",
  "Decimal digits": "Số chữ số sau dấu phẩy",
  "Increment": "Bước nhảy",
  "Output as string": "Lưu thành chữ",
  "Subtype": "Kiểu",
  "Date": "Ngày",
  "Time": "Giờ",
  "Date & Time": "Ngày và giờ",
  "Use 24h": "Theo 24 giờ",
  "Disallow past dates": "Không cho ngày đã qua",
  "Time interval": "Cách nhau",
  "Time format": "Cách lưu giờ",
  "UTC offset": "Kèm múi giờ",
  "UTC normalized": "Theo giờ UTC",
  "No timezone": "Không kèm múi giờ",
  "Searchable": "Có ô tìm",
  "Upload multiple files": "Chọn nhiều tệp",
  "Expression": "Công thức",
  "Target value": "Giá trị tính ra",
  "Compute on": "Tính khi",
  "Value changes": "Giá trị thay đổi",
  "Form submission": "Gửi biểu mẫu",
  "Hide if": "Ẩn khi",
  "Deactivate if": "Khóa khi",
  "Type": "Lấy từ",
  "Static": "Ghi sẵn ở đây",
  "Input data": "Dữ liệu của hồ sơ",
  "Input values key": "Khóa của dữ liệu",
  "Value": "Giá trị",
  "Columns": "Số cột (trên 16)",
  "Auto": "Tự động",
  "Vertical alignment": "Căn dọc",
  "Top": "Trên",
  "Center": "Giữa",
  "Bottom": "Dưới",
  "Prefix": "Chữ đứng trước",
  "Suffix": "Chữ đứng sau",
  "Height": "Chiều cao",
  "Text": "Nội dung",
  // what a field itself says in the drawing
  "Select": "Chọn một mục",
  "Browse": "Chọn tệp",
  "No files selected": "Chưa chọn tệp",
  // hints
  "Binds to a form variable": "Tên của ô này trong dữ liệu hồ sơ; điều kiện của sơ đồ đọc theo tên này.",
  "Allows arbitrary precision values": "Giữ đúng mọi chữ số",
  "Define an expression to calculate the value of this field": "Viết bằng FEEL, bắt đầu bằng dấu =",
  "Define an expression to populate the options from.": "Viết bằng FEEL, cho ra một danh sách.",
  "Define which input property to populate the values from": "Tên của danh sách trong dữ liệu của hồ sơ",
  "Condition under which the field is hidden": "Khi công thức này đúng thì ô không hiện, không hỏi, không lưu.",
  "Condition under which the field is deactivated": "Khi công thức này đúng thì ô bị khóa.",
  "Height of the container in pixels.": "Tính bằng điểm ảnh",
  "Supports markdown and templating.": "Nhận định dạng Markdown.",
  "Supports markdown and templating. Learn more": "Nhận định dạng Markdown.",
  "Learn more": "Xem thêm",
  "Where the child variables of this component are pathed to.": "Các ô bên trong lưu dưới tên này.",
  "Routes the children of this component into a form variable, may be left empty to route at the root level.":
    "Các ô bên trong lưu dưới tên này; để trống thì lưu thẳng vào dữ liệu của hồ sơ.",
  "Routes the children of this component into a form variable.": "Các ô bên trong lưu dưới tên này.",
  // what is wrong
  "Must not be empty": "Không được để trống",
  "Must not be empty.": "Không được để trống.",
  "Must be unique.": "Phải khác những cái đã có.",
  "Must be a variable or a dot separated path.": "Chỉ chữ không dấu, số, gạch dưới; nối bằng dấu chấm.",
  "Must be a variable or a dot-separated path": "Chỉ chữ không dấu, số, gạch dưới; nối bằng dấu chấm",
  "Must be empty, a variable or a dot-separated path": "Để trống, hoặc chữ không dấu, số, gạch dưới",
  "Must not be a prohibited path.": "Tên này không dùng được.",
  "Must not cause two binding paths to collide": "Đã có ô khác dùng tên này",
  "Must not conflict with other key/path assignments.": "Đã có ô khác dùng tên này.",
  "Must not contain numerical path segments.": "Không được có đoạn chỉ gồm số.",
  "Must not contain spaces.": "Không được có dấu cách.",
  "Should be a valid number": "Phải là một số",
  "Should be a valid number.": "Phải là một số.",
  "Should be an integer.": "Phải là số nguyên.",
  "Should be greater than or equal to zero.": "Phải từ 0 trở lên.",
  "Should be greater than zero.": "Phải lớn hơn 0.",
  "Value must be a number.": "Phải là một số.",
  "FEEL expression is mandatory": "Phải là công thức FEEL",
  "Unparsable FEEL expression.": "Công thức FEEL viết sai.",
  "Section contains an error": "Phần này có lỗi",
  "Section contains edits": "Phần này đã được đặt",
  // buttons
  "Toggle section": "Mở, đóng phần này",
  "Toggle list item": "Mở, đóng mục này",
  "Create new list item": "Thêm một mục",
  "Create": "Thêm",
  "Delete item": "Bỏ mục này",
  "Open documentation": "Mở tài liệu",
  "Open pop-up editor": "Mở ô soạn lớn",
  "Opened in editor": "Đang mở ở ô soạn lớn",
  "Opened in popup": "Đang mở ở ô soạn lớn",
  "Close": "Đóng",
  "Edit form field": "Sửa",
  "Remove form field": "Bỏ",
  "<empty>": "(trống)",
  "Select a form field to edit its properties.": "Chọn một thành phần để đặt thuộc tính.",
  "Click to remove FEEL": "Bấm để bỏ công thức",
  "Click to set FEEL": "Bấm để dùng công thức",
  "Click to set a dynamic value with FEEL expression": "Bấm để dùng công thức FEEL",
  "FEEL expression": "Công thức FEEL",
};

const PATTERNS = [
  [/^Create an? (.+) element$/, (name) => `Thêm ${lower(name)}`],
  [/^Remove (.+)$/, (name) => `Bỏ ${lower(name)}`],
  [/^Edit (.+)$/, (name) => `Sửa ${lower(name)}`],
  [/^List contains (\d+) items?$/, (number) => `Có ${number} mục`],
  [/^(\d+)m$/, (minutes) => `${minutes} phút`],
  [/^(\d+)h$/, (hours) => `${hours} giờ`],
];
const TOOLTIPS = [
  [/^Use a unique "key"/, "Tên của ô trong dữ liệu của hồ sơ; dấu chấm để đi sâu hơn, ví dụ dat.dien_tich."],
  [/^"Static" defines/, "Ghi sẵn: các lựa chọn viết ngay ở đây. Dữ liệu của hồ sơ: lấy từ một danh sách đã có. Công thức: tính bằng FEEL."],
  [/^Make this field read-only/, "Người điền chỉ đọc; giá trị đã có được giữ và gửi lại."],
  [/^Disable this field/, "Người điền không dùng được; giá trị không được gửi. Mạnh hơn “Chỉ đọc”."],
  [/^Add properties directly/, "position: mã vị trí; danh sách khi ấy gồm các cơ quan có vị trí này."],
  [/^The error message to display/, "Hiện ra khi điều nhập vào không khớp biểu thức chính quy."],
  [/^The built-in phone validation/, "Nhận số trong nước và số quốc tế: 0912 345 678, +84912345678."],
  [/^The (expression may result|input property may be)/, "Một danh sách giá trị, hoặc danh sách đối tượng có label và value."],
];
const ATTRIBUTES = ["title", "aria-label", "placeholder"];
const PLACES =
  ".fjs-select-placeholder, .fjs-filepicker-container, .fjs-palette-container, .fjs-properties-container, .fjs-empty-editor, .fjs-empty-component, .fjs-context-pad, .bio-properties-panel-tooltip, .bio-properties-panel-feel-popup, .bio-properties-panel-popup";
const TYPED = "input, textarea, .cm-editor, .bio-properties-panel-header-label, .bio-properties-panel-collapsible-entry-header-title";

const lower = (name) => name.charAt(0).toLowerCase() + name.slice(1);

/** The Vietnamese of a text, or null where there is none. */
export function inVietnamese(text) {
  const said = text.trim().replace(/\s+/g, " ");
  if (!said) return null;
  if (Object.hasOwn(WORDS, said)) return WORDS[said];
  for (const [pattern, words] of TOOLTIPS) if (pattern.test(said)) return words;
  for (const [pattern, make] of PATTERNS) {
    const found = pattern.exec(said);
    if (found) return make(found[1]);
  }
  return null;
}

function speak(node) {
  if (node.nodeType === Node.TEXT_NODE) {
    const around = node.parentElement;
    if (!around?.closest(PLACES) || around.closest(TYPED)) return;
    const words = inVietnamese(node.data);
    if (words !== null && words !== node.data) node.data = words;
    return;
  }
  if (node.nodeType !== Node.ELEMENT_NODE) return;
  if (node.closest(PLACES)) {
    for (const name of ATTRIBUTES) {
      const words = node.hasAttribute(name) && inVietnamese(node.getAttribute(name));
      if (words && words !== node.getAttribute(name)) node.setAttribute(name, words);
    }
  }
  for (const child of node.childNodes) speak(child);
}

/** Replaces what stands there now and what comes. */
export function speakVietnamese(root) {
  speak(root);
  const watch = (changes) => {
    for (const { type, target, addedNodes } of changes) {
      if (type === "childList") addedNodes.forEach(speak);
      else speak(target);
    }
  };
  const options = { childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: ATTRIBUTES };
  new MutationObserver(watch).observe(document.body, options);
}
