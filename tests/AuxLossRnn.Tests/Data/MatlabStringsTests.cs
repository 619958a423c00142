using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using AuxLossRnn.Data;
using AuxLossRnn.Runtime;
using CsCheck;

namespace AuxLossRnn.Tests.Data;

public sealed class MatlabStringsTests
{
    private static readonly string[] Dogs = ["n02085620-Chihuahua/n02085620_5927.jpg", "a/b", "abc", "x"];

    [Theory]
    [InlineData(false, 4)]
    [InlineData(true, 4)]
    [InlineData(true, 16)]
    [InlineData(false, 17)]
    public void A_list_is_found_among_other_variables(bool compressed, int encoding)
    {
        byte[] file = File(compressed, ("labels", Numbers("labels", [1, 2, 3])), ("file_list", Cells("file_list", Dogs, encoding)));

        Assert.Equal(Dogs, MatlabStrings.Read(file, "file_list", "x.mat"));
    }

    [Fact]
    public void Any_strings_are_read() =>
        (from strings in Gen.String[Gen.Char.AlphaNumeric, 0, 60].Array[0, 20] from compressed in Gen.Bool select (strings, compressed)).Sample(
            c => Assert.Equal(c.strings, MatlabStrings.Read(File(c.compressed, ("file_list", Cells("file_list", c.strings, 4))), "file_list", "x.mat")),
            iter: 100);

    [Fact]
    public void A_file_without_the_list_or_of_another_kind_is_refused_by_its_name()
    {
        void Refuses(byte[] file, string part)
        {
            string message = Assert.Throws<UserException>(() => MatlabStrings.Read(file, "file_list", "'train_list.mat'")).Message;
            Assert.Contains(part, message);
            Assert.Contains("'train_list.mat'", message);
            Assert.Contains("train_list.txt", message);
        }

        Refuses([], "does not begin");
        Refuses(new byte[500], "does not begin");
        Refuses(File(true, ("labels", Numbers("labels", [1, 2]))), "no list 'file_list'");
        Refuses(File(true, ("file_list", Numbers("file_list", [1, 2]))), "no list 'file_list'");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_file_cut_anywhere_is_refused(bool compressed)
    {
        byte[] whole = File(compressed, ("file_list", Cells("file_list", Dogs, 4)));
        for (int length = 0; length < whole.Length - 7; length++)
        {
            Exception? problem = Record.Exception(() => MatlabStrings.Read(whole[..length], "file_list", "x.mat"));
            Assert.True(problem is UserException, $"{length} of {whole.Length}: {problem}");
        }
    }

    [Fact]
    public void Changed_bytes_never_do_anything_but_refuse_or_read()
    {
        byte[] whole = File(false, ("file_list", Cells("file_list", Dogs, 4)));
        (from at in Gen.Int[128, whole.Length - 1] from value in Gen.Byte select (at, value)).Sample(
            c =>
            {
                byte[] changed = [.. whole];
                changed[c.at] = c.value;
                Assert.True(Record.Exception(() => MatlabStrings.Read(changed, "file_list", "x.mat")) is null or UserException);
            },
            iter: 2000);
    }

    private static byte[] File(bool compressed, params (string Name, byte[] Element)[] variables)
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

    private static byte[] Cells(string name, string[] strings, int encoding) => Element(14, [
        .. Element(6, Words(1, 0)), .. Element(5, Words(strings.Length, 1)), .. Element(1, Encoding.ASCII.GetBytes(name)),
        .. strings.SelectMany(text => Element(14, [
            .. Element(6, Words(4, 0)), .. Element(5, Words(1, text.Length)), .. Element(1, []),
            .. Element(encoding, (encoding == 16 ? Encoding.UTF8 : Encoding.Unicode).GetBytes(text))]))]);

    private static byte[] Numbers(string name, double[] numbers) => Element(14, [
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
