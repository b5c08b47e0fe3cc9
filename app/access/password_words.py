"""Words that people here make passwords of, without marks, the more usual first, between blanks: the lists of zxcvbn know
English ones."""

from __future__ import annotations

from typing import Final

COMMON: Final = """
matkhau matkhaumoi password passw0rd anhyeuem emyeuanh yeuem yeuanh toiyeuvietnam vietnam vietnamvodich yeunhau
motcua motcuadientu dichvucong hanhchinh hanhchinhcong hoso tiepnhan traketqua canbo congchuc vienchuc chuyenvien
vanphong vanthu lanhdao giamdoc phogiamdoc truongphong phophong chutich phochutich thuky ketoan quantri quantrivien
nguoidung taikhoan dangnhap congan quandoi nhanuoc chinhphu quochoi dangcongsan uybannhandan uyban ubnd hdnd tinhuy
sonoivu soytetinh soyte sotuphap sotaichinh soxaydung socongthuong sogiaoduc sotainguyen sonongnghiep trungtam
hanhphuc giadinh conyeu bome chame ongba vochong concai embe tinhyeu tinhban nhomai mainho nhoanh nhoem
xinchao tamtinh camon camonnhieu hoahong hoasen hoamai hoadao hoacuc hoaphuong matroi mattrang bautroi ngoisao
bien song nuoc dongsong quehuong datnuoc tuhao hoabinh doclap tudo thongnhat bacho bachohochiminh hochiminh
mualua muaxuan muahe muathu muadong ngaymai homnay homqua buoisang buoitoi thuhai thuba thutu thunam thusau thubay
chunhat thanggieng tetnguyendan trungthu bongda doituyen congphuong quanghai vanhau sontung karaoke
thaibinh hanoi saigon sghcm thanhpho nongthon xaphuong huyen quan tinh phuong thitran thon apchinh
anh em chi ban toi minh chung cua nha xe may tinh dien thoai banghe caycoi bonghoa conmeo concho contrau conbo
congai contrai thayco hocsinh sinhvien giaovien bacsi yta truonghoc benhvien congty nhamay
motconvit bacanhtam lamgico khongbiet khongco khonghieu thuongnho mainhoem mainhoanh anhthuongem emthuonganh
mothaiba motngan mottram khongmothaiba mot hai ba bon nam sau bay tam chin muoi
qwerty asdfgh zxcvbn abcxyz abcdef aabbcc letmein changeme doimatkhau admin administrator root test demo default welcome
"""
NAMES: Final = """
nguyen tran le pham hoang huynh phan vu vo dang bui do ho ngo duong ly dinh doan lam truong mai trinh dao cao
ha luong luu thai to ta thach chau quach vuong nghiem kieu tang phung ton van thi huu duc ngoc minh thanh quang
anh linh huong lan hoa hong hue hung dung cuong tuan tu tung thang thao thuy trang trinh trung truong vy yen nga nhung
ngan nghia nhan nhi phuc phuong quan quyen quynh son tam tan thinh tho thu thuan tien toan tri tuyen uyen viet vinh
binh bao chi chien chung cong cuc diep diem dai dat dien gia giang hai hanh hao hau hien hieu hoai khanh khoa khoi kien
kim ky long loan loc loi lien mung my nam phat phi phong sang sinh tai
"""
PLACES: Final = """
angiang bariavungtau bacgiang backan baclieu bacninh bentre binhdinh binhduong binhphuoc binhthuan camau cantho caobang
danang daklak daknong dienbien dongnai dongthap gialai hagiang hanam hanoi hatinh haiduong haiphong haugiang hoabinh
hungyen khanhhoa kiengiang kontum laichau lamdong langson laocai longan namdinh nghean ninhbinh ninhthuan phutho phuyen
quangbinh quangnam quangngai quangninh quangtri soctrang sonla tayninh thaibinh thainguyen thanhhoa thuathienhue hue
tiengiang hochiminh saigon travinh tuyenquang vinhlong vinhphuc yenbai donghoi dongha
"""
PHRASES: Final = """
yeu em anh nhau toi tu do hanh phuc gia dinh que huong dat nuoc con cai bo me ong ba vo chong mot hai ba bon nam sau bay
tam chin muoi mat khau moi cu dang nhap tai khoan cua hang nha xe may tinh dien thoai bong da hoa hong sen mai dao cuc
xuan ha thu dong trang sao troi bien song nui lua nuoc viet nam tinh huyen xa phuong so phong ban can cong chuc
"""
"""Single syllables of what is usual: a phrase of few of them is guessed as a phrase."""
