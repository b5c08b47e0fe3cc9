// The keys of the modeller, in one dialog.
import { ask, el } from "./dom.js";

const KEYS = [
  ["Vẽ", [
    ["N", "Thêm phần tử: mở danh sách, gõ để tìm (bước, cổng, khối vẽ sẵn)"],
    ["A", "Thêm phần tử nối sau phần tử đang chọn"],
    ["R", "Đổi loại phần tử đang chọn"],
    ["E", "Sửa tên ngay trên hình"],
    ["C", "Nối hai phần tử"],
    ["S", "Thêm, bớt khoảng trống"],
    ["L", "Chọn nhiều bằng khung"],
    ["Delete", "Xóa phần đang chọn"],
    ["Mũi tên", "Dời phần đang chọn (giữ Shift: dời xa hơn)"],
  ]],
  ["Sửa, chép", [
    ["Ctrl + Z, Ctrl + Y", "Hoàn tác, làm lại"],
    ["Ctrl + C, Ctrl + X, Ctrl + V", "Chép, cắt, dán – cả sang bản vẽ khác, thẻ khác"],
    ["Ctrl + D", "Nhân đôi"],
    ["Ctrl + A", "Chọn tất cả"],
    ["Ctrl + S", "Lưu ngay"],
  ]],
  ["Xem", [
    ["Ctrl + F", "Tìm phần tử theo tên, mã"],
    ["Ctrl + +, Ctrl + −", "Phóng to, thu nhỏ"],
    ["Ctrl + 9, Ctrl + 0", "Vừa khung, cỡ thật"],
    ["Ctrl + mũi tên", "Dời khung nhìn"],
    ["H, giữ Space", "Kéo sơ đồ bằng chuột"],
    ["T", "Chạy thử bằng chấm (token), bấm lại để thôi"],
    ["F6", "Sang ô thuộc tính của phần tử đang chọn; Esc trở lại sơ đồ"],
  ]],
];

export function showKeys() {
  const parts = KEYS.map(([title, keys]) => el("section", {}, el("h3", {}, title), el("dl", { class: "keys-list" }, ...keys.flatMap(([key, words]) => [el("dt", {}, el("kbd", {}, key)), el("dd", {}, words)]))));
  return ask("Phím tắt của trình vẽ", [el("div", { class: "keys-columns" }, ...parts)], [{ text: "Đóng", value: "", main: true }]);
}
