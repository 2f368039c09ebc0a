#!/bin/sh
# 不联网安装 nianbao：双击（选“在终端中运行”）或在终端中运行 sh 安装.sh
# 装到 ~/.local/share/nianbao，再建好文件夹 ~/年报；以后双击里面的“今晚运行”。
set -eu
kit=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
home=${NIANBAO_HOME:-"$HOME/.local/share/nianbao"}
folder=${NIANBAO_FOLDER:-"$HOME/年报"}
finish() {
  code=$?
  if [ "$code" -ne 0 ]; then echo; echo "没有装好，请看上面的说明，或者把它发给维护人员。"; fi
  if [ -t 0 ]; then printf '按回车键关闭。'; read -r _; fi
}
trap finish EXIT
python=${NIANBAO_PYTHON:-}
for name in python3.14 python3.13 python3.12 python3.11 python3; do
  if [ -z "$python" ] && command -v "$name" >/dev/null 2>&1 &&
    "$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))'; then
    python=$name
  fi
done
if [ -z "$python" ]; then
  echo "没有找到 Python 3.11 到 3.14。请先安装 Python（安装包里没有），再运行一次。"
  exit 1
fi
echo "用 $("$python" --version) 安装到 $home"
"$python" -m venv --clear "$home" || {
  echo "这个 Python 缺少 venv，请安装 python3-venv。"
  exit 1
}
"$home/bin/python" -m pip --disable-pip-version-check install --quiet --no-index --no-deps --require-hashes \
  --find-links "$kit/wheels" -r "$kit/requirements.txt"
"$home/bin/nianbao" --version
if [ ! -e "$folder" ]; then
  "$home/bin/nianbao" init "$folder"
  if command -v xdg-open >/dev/null 2>&1; then xdg-open "$folder" >/dev/null 2>&1 || true; fi
fi
echo "装好了。请打开 $folder，填写“经办.xlsx”。"
