; The installer for Windows, made by scripts/windows-installer. It installs for the current user alone, so it asks for no administrator:
; the program into %LOCALAPPDATA%\Programs\twitchat-bridge, its folder into the user's Path, and an entry into "Apps & features".
; The config file and the journal (%APPDATA%\twitchat-bridge) are neither made nor removed here.
;
; VERSION, FILES (the unpacked .zip) and OUTPUT are given on makensis's command line. /S installs and uninstalls without a window.

!define UNINSTALL_KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\twitchat-bridge"

Target amd64-unicode
Unicode true
SetCompressor /SOLID lzma
RequestExecutionLevel user
Name "twitchat-bridge"
OutFile "${OUTPUT}"
InstallDir "$LOCALAPPDATA\Programs\twitchat-bridge"
InstallDirRegKey HKCU "${UNINSTALL_KEY}" "InstallLocation"
ShowInstDetails show
ShowUninstDetails show

!include LogicLib.nsh
!include WinMessages.nsh
!include WordFunc.nsh
!insertmacro WordAdd
!insertmacro un.WordAdd

; A text of NSIS holds NSIS_MAX_STRLEN characters, 1024 as a rule. A Path that could become longer is left as it is: ReadRegStr gives nothing
; for one that is too long, and what would be written then is a Path without all that was in it.
!define /math PATH_LIMIT ${NSIS_MAX_STRLEN} - 300

LicenseData "${FILES}\LICENSE"
Page license
Page directory
Page instfiles
UninstPage uninstConfirm
UninstPage instfiles

; The file of a program that runs cannot be written.
!macro StopIfItRuns
    ${Do}
        ${IfNot} ${FileExists} "$INSTDIR\twitchat-bridge.exe"
            ${ExitDo}
        ${EndIf}
        ClearErrors
        FileOpen $0 "$INSTDIR\twitchat-bridge.exe" a
        ${IfNot} ${Errors}
            FileClose $0
            ${ExitDo}
        ${EndIf}
        MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "twitchat-bridge is running. End it (Ctrl-C in its window, or in the Task Manager), then press Retry." \
            /SD IDCANCEL IDRETRY +3
        SetErrorLevel 1
        Abort "twitchat-bridge is running"
    ${Loop}
!macroend

; $0 is the user's Path, and $1 its length. Without a Path, the length is 0.
!macro ReadPath
    System::Call 'advapi32::RegGetValueW(p -2147483647, w "Environment", w "Path", i 0x1000FFFF, p 0, p 0, *i .r1) i .r2'
    ${If} $2 <> 0 ; there is none
        StrCpy $1 0
    ${EndIf}
    IntOp $1 $1 / 2 ; bytes to characters
    ReadRegStr $0 HKCU "Environment" "Path"
!macroend

; Programs that are started from now on see the new Path.
!macro AnnouncePath
    SendMessage 0xFFFF ${WM_SETTINGCHANGE} 0 "STR:Environment" /TIMEOUT=5000
!macroend

Section
    !insertmacro StopIfItRuns
    SetOutPath "$INSTDIR"
    File /r "${FILES}/*"
    WriteUninstaller "$INSTDIR\uninstall.exe"

    !insertmacro ReadPath
    ${If} $1 > ${PATH_LIMIT}
        DetailPrint "Your Path is very long and was not changed. Add $INSTDIR to it yourself."
    ${Else}
        ${WordAdd} "$0" ";" "+$INSTDIR" $1
        WriteRegExpandStr HKCU "Environment" "Path" "$1"
        !insertmacro AnnouncePath
    ${EndIf}

    WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayName" "twitchat-bridge"
    WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayVersion" "${VERSION}"
    WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayIcon" "$INSTDIR\twitchat-bridge.exe"
    WriteRegStr HKCU "${UNINSTALL_KEY}" "InstallLocation" "$INSTDIR"
    WriteRegStr HKCU "${UNINSTALL_KEY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
    WriteRegStr HKCU "${UNINSTALL_KEY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
    WriteRegDWORD HKCU "${UNINSTALL_KEY}" "NoModify" 1
    WriteRegDWORD HKCU "${UNINSTALL_KEY}" "NoRepair" 1
SectionEnd

Section "Uninstall"
    ; Else Windows would look for the program at each login.
    nsExec::Exec '"$INSTDIR\twitchat-bridge.exe" service uninstall'
    Pop $0
    !insertmacro StopIfItRuns
    RMDir /r "$INSTDIR\docs"
    Delete "$INSTDIR\twitchat-bridge.exe"
    Delete "$INSTDIR\twitchat-bridgew.exe"
    Delete "$INSTDIR\README.md"
    Delete "$INSTDIR\CHANGELOG.md"
    Delete "$INSTDIR\LICENSE"
    Delete "$INSTDIR\THIRD-PARTY-LICENSES.txt"
    Delete "$INSTDIR\uninstall.exe"
    ; Only when it is empty: the folder may have been the user's own.
    RMDir "$INSTDIR"

    !insertmacro ReadPath
    ${If} $1 > 0
    ${AndIf} $1 <= ${PATH_LIMIT}
        ${un.WordAdd} "$0" ";" "-$INSTDIR" $1
        ${If} $1 == ""
            DeleteRegValue HKCU "Environment" "Path"
        ${Else}
            WriteRegExpandStr HKCU "Environment" "Path" "$1"
        ${EndIf}
        !insertmacro AnnouncePath
    ${EndIf}
    DeleteRegKey HKCU "${UNINSTALL_KEY}"
SectionEnd
