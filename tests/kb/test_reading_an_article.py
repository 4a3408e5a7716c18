from kb.models import ArticlePage


def test_an_article_stands_under_its_language_and_topic(client, article):
    response = client.get("/en/kb/porting/move-your-number-to-us/")

    assert response.status_code == 200
    assert "<h1>Move your number to us</h1>" in response.content.decode()
    print(response.content.decode())
