// What form-js says, in Vietnamese. A text that is not here is shown as it is and told in the console, to be added.
const WORDS = {
  "Field is required.": "Hãy nhập trường này.",
  "Field must match pattern {value}.": "Không đúng dạng yêu cầu.",
  "Field must have minimum value of {value}.": "Không được nhỏ hơn {value}.",
  "Field must have maximum value of {value}.": "Không được lớn hơn {value}.",
  "Field must have minimum length of {value}.": "Ít nhất {value} ký tự.",
  "Field must have maximum length of {value}.": "Nhiều nhất {value} ký tự.",
  "Field must be a valid email.": "Địa chỉ thư điện tử không đúng.",
  "Field must be a valid international phone number. (e.g. +4930664040900)": "Số điện thoại không đúng.",
  "Min validation value is not a valid number.": "Phải là một số.",
  "Max validation value is not a valid number.": "Phải là một số.",
  "Value is not a number.": "Phải là một số.",
  "Value is expected to be an integer.": "Phải là số nguyên.",
  "Value is expected to have at most 1 decimal digit.": "Nhiều nhất 1 chữ số sau dấu phẩy.",
  "Value is expected to have at most {value} decimal digits.": "Nhiều nhất {value} chữ số sau dấu phẩy.",
  "Please select a valid value, the two nearest valid values are {previousValue} and {nextValue}.":
    "Hai giá trị hợp lệ gần nhất là {previousValue} và {nextValue}.",
  "Date and time must both be entered.": "Hãy nhập cả ngày và giờ.",
  "Search": "Tìm",
  "Skip to search": "Đến ô tìm",
  "Remove tag": "Bỏ mục này",
  "No results": "Không có mục nào",
  "All values selected": "Đã chọn hết",
  "Add new": "Thêm dòng",
  "Expand all ({value})": "Hiện cả {value} dòng",
  "Collapse": "Thu gọn",
  "Increment": "Tăng",
  "Decrement": "Giảm",
  "No content to show.": "Không có nội dung.",
  "Nothing to show.": "Không có nội dung.",
};

export function translate(template, replacements = {}) {
  const words = WORDS[template];
  if (words === undefined) console.warn(`form-js: chưa dịch “${template}”`);
  return (words ?? template).replace(/{([^}]+)}/g, (whole, name) => String(replacements[name] ?? whole));
}
