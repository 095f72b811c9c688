using Microsoft.Win32.SafeHandles;

namespace DlGen;

/// <summary>Bytes from the middle of a file, each as the character of its number. CSV's own characters are ASCII, which no byte of a longer UTF-8 character
/// equals, so records are found without decoding, and positions in the text are positions in the file. Holds one buffer, whatever the file's size.</summary>
internal sealed class FileRangeReader(SafeFileHandle file, int bufferLength) : TextReader
{
    private readonly byte[] buffer = new byte[bufferLength];
    private long position;
    private long end;

    /// <summary>Gives the bytes from one position up to another from now on.</summary>
    public void Select(long from, long to) => (position, end) = (from, to);

    public override int Read(char[] characters, int index, int count)
    {
        int length = (int)Math.Min(Math.Min(count, buffer.Length), end - position);
        int bytes = length == 0 ? 0 : RandomAccess.Read(file, buffer.AsSpan(0, length), position);
        for (int i = 0; i < bytes; i++)
            characters[index + i] = (char)buffer[i];
        position += bytes;
        return bytes;
    }
}
