"""What is no speech in a chat: pictures that were left out, and what the program itself says."""

import re
from typing import Literal

# What stands in brackets for a picture, a voice message or a file.
BRACKETED = frozenset("""
图片 照片 语音 视频 动画表情 表情包 文件 位置 地理位置 链接 名片 语音通话 视频通话 音乐 小程序 卡片消息 聊天记录
红包 转账 闪照 自定义表情 圖片 照片 語音 語音訊息 影片 貼圖 檔案 位置資訊 相片 通話 禮物 相簿 聯絡資訊 動畫表情 影音
連結 photo photos voice video sticker stickers file image album
""".split())
# What stands there by itself, by language; case and angle brackets are taken off first.
OMITTED = frozenset("""
media omitted|image omitted|video omitted|audio omitted|sticker omitted|gif omitted|document omitted
contact card omitted|video note omitted|省略多媒体文件|忽略多媒體檔|媒體已略去|媒体已省略|已省略媒体文件|忽略图片
忽略视频|忽略音频|忽略贴图|图像已忽略|视频已忽略|音频已忽略|贴图已忽略|文稿已忽略|圖片已略去|影片已略去|語音已略去
貼圖已略去|文件已略去|メディアなし|メディアは含まれていません|画像は省略されました|미디어 파일 제외됨
미디어 파일을 생략한 대화내용|medien ausgeschlossen|bild weggelassen|video weggelassen|audio weggelassen
sticker weggelassen|dokument weggelassen|médias omis|image absente|vidéo absente|audio omis|sticker omis
multimedia omitido|archivo omitido|imagen omitida|video omitido|audio omitido|sticker omitido|documento omitido
mídia oculta|mídia omitida|arquivo de mídia oculto|imagem ocultada|vídeo omitido|áudio ocultado|figurinha omitida
ficheiro não revelado|media omessi|immagine omessa|video omesso|audio omesso|media weggelaten|afbeelding weggelaten
video weggelaten|audio weggelaten|без медиафайлов|файл пропущен|изображение пропущено|видео пропущено
аудио пропущено|pominięto multimedia|medya dahil edilmedi|görüntü dahil edilmedi|تم استبعاد الوسائط|मीडिया छोड़ा गया
media tidak disertakan
""".strip().replace("\n", "|").casefold().split("|"))
ATTACHED = re.compile(
    r"[^\n]{1,120}\.\w{2,5} \((?:file attached|文件附件|附件檔案|已附加檔案|文件已附加|datei angehängt|fichier joint"
    r"|archivo adjunto|arquivo anexado|file allegato|файл добавлен|添付ファイル|파일 첨부됨)\)"
    r"|<\u200e?(?:attached|附件|附檔|anhang|adjunto|pièce jointe|anexado|allegato|прикреплено)\s?[:：].{1,120}>"
    r"|\[(?:图片|语音|视频|文件|位置|链接|语音通话|视频通话|名片|红包|转账|小程序|聊天记录)[\]:： ][^\n]{0,120}",
    re.IGNORECASE)
SYSTEM = re.compile(  # every way begins with a letter of its own: most texts hold none of these
    r"撤回了一条消息|撤回一條訊息|收回了一則訊息|已收回訊息|拍了拍[「“\"我你]|加入了?群聊|退出了?群聊|移出了?群聊|修改群名为|现在可以开始聊天了"
    r"|以上是打招呼的内容|开启了朋友验证|领取了.{0,20}红包|通过了你的(?:朋友|好友)验证|端到端加密|端對端加密|此消息已删除|您删除了这条消息"
    r"|此訊息已刪除|Messages and calls are end-to-end|Messages to this (?:chat|group)|This message was deleted"
    r"|You deleted this message|Missed (?:voice|video) call|Your security code with .{1,60} changed|加入本群"
    r"|未接(?:语音|视频|語音|視訊)通话")
TOLD = "[系统]"  # what some exporters put before what a program says
OFFICIAL = frozenset(("系统消息", "系统通知", "系統訊息", "system", "System"))
MARKS = "[]<>\u200e "
LONGEST = max(map(len, OMITTED))
SHORT = 130  # characters: what a program says is never longer


def aside_of(text: str, speaker: str = "") -> Literal["", "system", "media"]:
    """What a message is when it is no speech: "media", "system", or "" for words."""
    if speaker in OFFICIAL:
        return "system"
    if len(text) > SHORT:
        return ""
    if text[-1] in "]>)" or text[0] in "[\u200e":
        inner = text.strip(MARKS).casefold()
        if inner in OMITTED or (text[0] == "[" and inner in BRACKETED) or ATTACHED.fullmatch(text):
            return "media"
    elif len(text) <= LONGEST and text.casefold() in OMITTED:
        return "media"
    return "system" if text.startswith(TOLD) or SYSTEM.search(text) else ""
