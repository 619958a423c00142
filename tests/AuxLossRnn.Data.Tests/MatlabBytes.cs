using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace AuxLossRnn.Data.Tests;

/// <summary>Makes MATLAB 5 files.</summary>
internal static class MatlabBytes
{
    public static byte[] File(bool compressed, params (string Name, byte[] Element)[] variables)
    {
        byte[] header = new byte[128];
        Encoding.ASCII.GetBytes("MATLAB 5.0 MAT-file").CopyTo(header, 0);
        (header[124], header[125], header[126], header[127]) = (0, 1, (byte)'I', (byte)'M');
        return [.. header, .. variables.SelectMany(variable => compressed ? Zip(variable.Element) : variable.Element)];
    }

    private static byte[] Zip(byte[] element)
    {
        using var zipped = new MemoryStream();
        using (var zlib = new ZLibStream(zipped, CompressionLevel.Fastest, leaveOpen: true))
        {
            zlib.Write(element);
        }

        return [.. Words(15, (int)zipped.Length), .. zipped.ToArray()];
    }

    public static byte[] Cells(string name, string[] strings, int encoding) => Element(14, [
        .. Element(6, Words(1, 0)), .. Element(5, Words(strings.Length, 1)), .. Element(1, Encoding.ASCII.GetBytes(name)),
        .. strings.SelectMany(text => Element(14, [
            .. Element(6, Words(4, 0)), .. Element(5, Words(1, text.Length)), .. Element(1, []),
            .. Element(encoding, (encoding == 16 ? Encoding.UTF8 : Encoding.Unicode).GetBytes(text))]))]);

    public static byte[] Numbers(string name, double[] numbers) => Element(14, [
        .. Element(6, Words(6, 0)), .. Element(5, Words(numbers.Length, 1)), .. Element(1, Encoding.ASCII.GetBytes(name)),
        .. Element(9, [.. numbers.SelectMany(BitConverter.GetBytes)])]);

    private static byte[] Element(int type, byte[] content) => content.Length is > 0 and <= 4
        ? [.. Words(type | (content.Length << 16)), .. content, .. new byte[4 - content.Length]]
        : [.. Words(type, content.Length), .. content, .. new byte[(8 - content.Length % 8) % 8]];

    private static byte[] Words(params int[] words)
    {
        byte[] bytes = new byte[4 * words.Length];
        for (int i = 0; i < words.Length; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4 * i), words[i]);
        }

        return bytes;
    }
}
