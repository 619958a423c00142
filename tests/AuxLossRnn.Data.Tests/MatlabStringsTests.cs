using AuxLossRnn.Runtime;
using CsCheck;

namespace AuxLossRnn.Data.Tests;

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
        byte[] file = MatlabBytes.File(compressed, ("labels", MatlabBytes.Numbers("labels", [1, 2, 3])), ("file_list", MatlabBytes.Cells("file_list", Dogs, encoding)));

        Assert.Equal(Dogs, MatlabStrings.Read(file, "file_list", "x.mat"));
    }

    [Fact]
    public void Any_strings_are_read() =>
        (from strings in Gen.String[Gen.Char.AlphaNumeric, 0, 60].Array[0, 20] from compressed in Gen.Bool select (strings, compressed)).Sample(
            c => Assert.Equal(c.strings, MatlabStrings.Read(MatlabBytes.File(c.compressed, ("file_list", MatlabBytes.Cells("file_list", c.strings, 4))), "file_list", "x.mat")),
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
        Refuses(MatlabBytes.File(true, ("labels", MatlabBytes.Numbers("labels", [1, 2]))), "no list 'file_list'");
        Refuses(MatlabBytes.File(true, ("file_list", MatlabBytes.Numbers("file_list", [1, 2]))), "no list 'file_list'");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_file_cut_anywhere_is_refused(bool compressed)
    {
        byte[] whole = MatlabBytes.File(compressed, ("file_list", MatlabBytes.Cells("file_list", Dogs, 4)));
        for (int length = 0; length < whole.Length - 7; length++)
        {
            Exception? problem = Record.Exception(() => MatlabStrings.Read(whole[..length], "file_list", "x.mat"));
            Assert.True(problem is UserException, $"{length} of {whole.Length}: {problem}");
        }
    }

    [Fact]
    public void Changed_bytes_never_do_anything_but_refuse_or_read()
    {
        byte[] whole = MatlabBytes.File(false, ("file_list", MatlabBytes.Cells("file_list", Dogs, 4)));
        (from at in Gen.Int[128, whole.Length - 1] from value in Gen.Byte select (at, value)).Sample(
            c =>
            {
                byte[] changed = [.. whole];
                changed[c.at] = c.value;
                Assert.True(Record.Exception(() => MatlabStrings.Read(changed, "file_list", "x.mat")) is null or UserException);
            },
            iter: 2000);
    }
}
