using System.Buffers.Binary;
using System.Text;

namespace AuxLossRnn.Tests.Runtime;

/// <summary>The smallest image with a version-need section: libA needs V1 and V2, libB needs V2.</summary>
internal static class SmallElfImage
{
    internal const int FlagsOfV2InLibA = 64 + 32 + 4;
    internal const int FlagsOfV2InLibB = 64 + 64 + 4;
    private const int Needs = 64; // 80 bytes: need, V1, V2, need, V2
    private const int Strings = Needs + 80; // 16 bytes
    private const int Headers = Strings + 16; // null, version needs, strings

    internal static byte[] Make()
    {
        byte[] image = new byte[Headers + 3 * 64];
        new byte[] { 0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1 }.CopyTo(image, 0);
        Word(image, 0x28, Headers);
        Half(image, 0x3a, 64);
        Half(image, 0x3c, 3);

        Encoding.ASCII.GetBytes("\0V1\0V2\0").CopyTo(image, Strings);
        Need(image, Needs, versions: 2, next: 48);
        Version(image, Needs + 16, name: 1, next: 16);
        Version(image, Needs + 32, name: 4, next: 0);
        Need(image, Needs + 48, versions: 1, next: 0);
        Version(image, Needs + 64, name: 4, next: 0);

        Section(image, 1, type: 0x6ffffffe, offset: Needs, size: 80, link: 2, info: 2);
        Section(image, 2, type: 3, offset: Strings, size: 16, link: 0, info: 0);
        return image;
    }

    private static void Need(byte[] image, int at, ushort versions, uint next)
    {
        Half(image, at, 1);
        Half(image, at + 2, versions);
        Word(image, at + 8, 16);
        Word(image, at + 12, next);
    }

    private static void Version(byte[] image, int at, uint name, uint next)
    {
        Word(image, at + 8, name);
        Word(image, at + 12, next);
    }

    private static void Section(byte[] image, int index, uint type, uint offset, uint size, uint link, uint info)
    {
        int header = Headers + index * 64;
        Word(image, header + 4, type);
        Word(image, header + 0x18, offset);
        Word(image, header + 0x20, size);
        Word(image, header + 0x28, link);
        Word(image, header + 0x2c, info);
    }

    private static void Half(byte[] image, int at, ushort value) =>
        BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(at), value);

    private static void Word(byte[] image, int at, uint value) =>
        BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan(at), value);
}
